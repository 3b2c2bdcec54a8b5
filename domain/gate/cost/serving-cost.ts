/** What a version costs to serve, measured on the runtime that serves it. */
export interface ServingCost {
  /** Of what is loaded: the network, its weights, the preprocessing, the calibrator. */
  readonly bytes: number;
  /** null where time is not the machine's, as in a backtest. */
  readonly speed: ServingSpeed | null;
}

export interface ServingSpeed {
  /** Time from a single row to its answer. */
  readonly medianMs: number;
  readonly p99Ms: number;
  /** In batches. */
  readonly rowsPerSecond: number;
}

/** Measurements of the same model differ by less than this from one look to the next. */
const tellableTimes = 1.5;

/**
 * Below 0 where `a` is cheaper than `b`: where one takes one and a half times as long as the other for a single row (by the median,
 * which repeats itself better than the 99th percentile), the quicker one; else the smaller one.
 */
export function compareCosts(a: ServingCost, b: ServingCost): number {
  if (a.speed !== null && b.speed !== null) {
    if (a.speed.medianMs * tellableTimes < b.speed.medianMs) return -1;
    if (b.speed.medianMs * tellableTimes < a.speed.medianMs) return 1;
  }
  return a.bytes - b.bytes;
}
