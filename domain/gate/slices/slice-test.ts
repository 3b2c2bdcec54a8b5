import { binomialSurvival } from '../../math/binomial.ts';
import { normalCdf } from '../../math/normal.ts';
import { testMean, type MeanTest } from '../mean-test.ts';

/** What the slices are tested on: how much more the challenger loses than the champion, by row. */
export interface Harm {
  readonly values: Float64Array;
  /** Every value is −1, 0 or 1. */
  readonly isZeroOne: boolean;
  readonly blockOf?: ArrayLike<number> | undefined;
}

/**
 * Does the challenger lose more than the champion by over `margin` on these rows? Right or wrong, rows independent: Tango's score
 * test (1998) beside McNemar's exact one, the larger p-value of both, so that few discordant rows don't seem many. Otherwise Student's
 * test on rows or blocks. null below seven of them.
 */
export function testSlice(
  rows: Int32Array,
  { values, isZeroOne, blockOf }: Harm,
  margin: number,
  alpha: number,
): MeanTest | null {
  const harm = Float64Array.from(rows, (row) => values[row]!);
  const blocks = blockOf && Array.from(rows, (row) => blockOf[row]!);
  const tested = testMean(harm, margin, alpha, blocks);
  if (!tested || !isZeroOne || blocks) return tested;
  const worse = harm.filter((value) => value > 0).length;
  const better = harm.filter((value) => value < 0).length;
  const z = scoreOf({ worse, better, rows: rows.length, margin });
  const pExact = binomialSurvival(worse, worse + better, 0.5);
  return { ...tested, pBeyond: Math.max(normalCdf(-z), pExact), pWithin: normalCdf(z) };
}

/**
 * Tango's z of a paired difference of shares against a margin in [0, 1): (w − b − nδ)/√(n(2q + δ(1 − δ))), where q is the likeliest share
 * of the rows that got better when the difference is δ. With δ = 0 it is McNemar's. Example: 12 worse and 3 better of 80, δ = .01: 2.144.
 */
export function scoreOf({
  worse,
  better,
  rows,
  margin,
}: {
  worse: number;
  better: number;
  rows: number;
  margin: number;
}): number {
  const linear = -worse - better + (2 * rows - worse + better) * margin;
  const constant = -better * margin * (1 - margin);
  const share = (Math.sqrt(linear ** 2 - 8 * rows * constant) - linear) / (4 * rows);
  const variance = rows * (2 * share + margin * (1 - margin));
  return variance > 0 ? (worse - better - rows * margin) / Math.sqrt(variance) : 0;
}
