import type { Took } from './clock.ts';

/**
 * Our side of a comparison, run in a process of its own: what it found and how long it took. What it reads beforehand, as its
 * peer does, does not count.
 */
export type Task = (...args: string[]) => Promise<Record<string, unknown> & Took>;
