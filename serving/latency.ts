/** Milliseconds since `startedMs` of `performance.now()`, to the microsecond: as they stand in the log. */
export function latencySince(startedMs: number): number {
  return Math.round((performance.now() - startedMs) * 1_000) / 1_000;
}
