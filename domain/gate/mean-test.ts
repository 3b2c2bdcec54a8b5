import { studentQuantile, studentSurvival } from '../math/student-t.ts';
import type { Interval } from '../verdict.ts';
import { minResamplingUnits } from './bootstrap.ts';
import type { LimitTest } from './guard-grade.ts';
import { groupIntoUnits } from './resampling-units.ts';

/** A mean of rows, or of blocks of rows, against a limit. */
export interface MeanTest extends LimitTest {
  readonly mean: number;
  readonly rows: number;
  readonly units: number;
  readonly interval: Interval;
}

/** Student's test of H0: mean ≤ limit, and of H0: mean ≥ limit, on rows or on blocks. null below seven of them. */
export function testMean(
  values: Float64Array,
  limit: number,
  alpha: number,
  blockOf?: ArrayLike<number>,
): MeanTest | null {
  const { mean, standardError, sums, rows } = groupIntoUnits(values, blockOf);
  const units = sums.length;
  if (units < minResamplingUnits) return null;
  const t = mean === limit ? 0 : (mean - limit) / standardError;
  const reach = studentQuantile(1 - alpha / 2, units - 1) * standardError;
  return {
    mean,
    rows,
    units,
    pBeyond: studentSurvival(t, units - 1),
    pWithin: studentSurvival(-t, units - 1),
    interval: { low: mean - reach, high: mean + reach, level: 1 - alpha },
  };
}
