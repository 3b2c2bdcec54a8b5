import type { Thresholds } from './thresholds.ts';

/** A metric's value on rows whose labels have not arrived. */
export interface Estimate<Metric extends string = string> {
  readonly metric: Metric;
  readonly value: number;
  /** ± 3 standard errors of a metric over as many rows; null where the holdout doesn't tell. */
  readonly interval: Thresholds | null;
  /** On the holdout's chunks the metric was between these. */
  readonly thresholds: Thresholds;
  /** On the whole holdout. */
  readonly realized: number;
  readonly isOutside: boolean;
}

interface Found<Metric extends string> {
  readonly metric: Metric;
  readonly value: number;
  readonly error: number | null;
  readonly reference: { readonly thresholds: Thresholds; readonly realized: number };
  readonly limits: Thresholds;
}

const errors = 3;

/** Puts a value between its limits and thresholds. */
export function toEstimate<Metric extends string>({
  metric,
  value,
  error,
  reference,
  limits,
}: Found<Metric>): Estimate<Metric> {
  const { thresholds, realized } = reference;
  const interval =
    error === null
      ? null
      : {
          lower: Math.max(limits.lower, value - errors * error),
          upper: Math.min(limits.upper, value + errors * error),
        };
  const isOutside = value < thresholds.lower || value > thresholds.upper;
  return { metric, value, interval, thresholds, realized, isOutside };
}
