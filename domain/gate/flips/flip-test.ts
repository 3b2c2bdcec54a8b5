import { binomialCdf, binomialSurvival } from '../../math/binomial.ts';
import type { LimitTest } from '../guard-grade.ts';
import { testMean } from '../mean-test.ts';

/** Negative flips: rows that the champion had right and the challenger has wrong. */
export interface FlipTest extends LimitTest {
  readonly rows: number;
  readonly flips: number;
  readonly championErrors: number;
  /** Share of the rows, and the largest that is allowed: `limit` × the champion's error rate. */
  readonly share: number;
  readonly allowed: number;
}

export interface FlipRows {
  /** 0 right, 1 wrong. */
  readonly champion: ArrayLike<number>;
  readonly challenger: ArrayLike<number>;
  readonly blockOf?: ArrayLike<number> | undefined;
}

/**
 * Is the share of negative flips beyond `limit` × the champion's error rate (Yan et al. 2021)? A row can't be both a flip and an
 * error of the champion, so at the limit flips are limit/(1 + limit) of both together: an exact binomial test, which needs no
 * estimate of either rate. Rows in blocks: Student's test of flip − limit × error over blocks; null below seven blocks.
 *
 * Example: 40 flips beside 50 errors, limit one half: P(X ≥ 40 | 90, 1/3) = .0183.
 */
export function testFlips({ champion, challenger, blockOf }: FlipRows, limit: number): FlipTest | null {
  const rows = champion.length;
  const excess = new Float64Array(rows);
  let flips = 0;
  let championErrors = 0;
  for (let row = 0; row < rows; row++) {
    const isFlip = champion[row] === 0 && challenger[row] === 1;
    if (isFlip) flips++;
    if (champion[row] === 1) championErrors++;
    excess[row] = isFlip ? 1 : champion[row] === 1 ? -limit : 0;
  }
  const counts = { rows, flips, championErrors, share: flips / rows, allowed: (limit * championErrors) / rows };
  if (rows === 0) return null;
  if (blockOf) {
    const tested = testMean(excess, 0, 0.05, blockOf);
    return tested && { ...counts, pBeyond: tested.pBeyond, pWithin: tested.pWithin };
  }
  const either = flips + championErrors;
  const share = limit / (1 + limit);
  return {
    ...counts,
    pBeyond: binomialSurvival(flips, either, share),
    pWithin: binomialCdf(flips, either, share),
  };
}
