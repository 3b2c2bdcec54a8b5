import { normalCdf } from '../math/normal.ts';
import { studentQuantile } from '../math/student-t.ts';
import type { Interval } from '../verdict.ts';
import { resampleMeans } from './resample-means.ts';
import type { ResamplingUnits } from './resampling-units.ts';

/** Bounds of the mean per-row difference, all from one set of resamples. */
export interface MeanBounds {
  /** One-sided bounds at level α each. */
  readonly lower: number;
  readonly upper: number;
  /** Two-sided interval at level 1 − α. */
  readonly interval: Interval;
}

/** Fewer rows (or blocks) than this say too little about their own spread. */
export const minResamplingUnits = 7;

/** With more units than this the bootstrap of a mean and the normal law agree to the digits shown, and only the latter is quick. */
const mostResampledUnits = 100_000;

/**
 * Bootstrap percentile bounds of the mean, with the percentiles moved outward for the number of units (Hesterberg 2015: t
 * instead of normal quantiles, × √(n/(n−1)), which the plain percentile interval of few units lacks). null below 7 units.
 */
export function boundMean(units: ResamplingUnits, alpha: number, resamples: number, seed: number): MeanBounds | null {
  const count = units.sums.length;
  if (count < minResamplingUnits) return null;
  const quantile =
    count > mostResampledUnits
      ? (z: number) => units.mean + z * units.standardError
      : quantilesOf(resampleMeans(units, resamples, seed));
  const reach = (a: number) => expandedQuantile(1 - a, count);
  return {
    lower: quantile(-reach(alpha)),
    upper: quantile(reach(alpha)),
    interval: { low: quantile(-reach(alpha / 2)), high: quantile(reach(alpha / 2)), level: 1 - alpha },
  };
}

/** Reads sorted means at a normal score, interpolating between neighbours. */
export function quantilesOf(sorted: Float64Array): (z: number) => number {
  return (z) => {
    const position = normalCdf(z) * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
  };
}

/** √(n/(n−1)) · t_{n−1}. */
export function expandedQuantile(probability: number, units: number): number {
  return Math.sqrt(units / (units - 1)) * studentQuantile(probability, units - 1);
}
