import type { Signal } from '../lifecycle/signals.ts';

/** A signal before it is given its time. */
export type Finding = Omit<Signal, 'atMs'>;
