/** What a version may cost at most; null: whatever it costs. */
export interface CostPolicy {
  /** Time from a single row to its answer, 99th percentile. */
  readonly maxLatencyMs: number | null;
  /** Size of what is loaded to serve it. */
  readonly maxBytes: number | null;
}

export const defaultCostPolicy: CostPolicy = { maxLatencyMs: null, maxBytes: null };
