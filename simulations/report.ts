/** `full` is what docs/METHODS.md tells; `short` is what the tests run. */
export type Scale = 'short' | 'full';

/** One promise, and what a seeded simulation measured of it. */
export interface Simulated {
  readonly name: string;
  readonly measured: number;
  /** The limit, as a person reads it. */
  readonly promised: string;
  readonly holds: boolean;
}
