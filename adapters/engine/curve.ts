import { createGrid, type Grid } from './locate.ts';

/** A piecewise linear curve that is flat beyond its ends, laid out so that a look-up touches few places of memory. */
export interface Curve {
  /** Each knot with its score beside it; the knots ascend. */
  readonly pairs: Float64Array;
  readonly grid: Grid;
  /** Score of a missing value. */
  readonly missing: number;
}

/** @param median what stands for a missing value */
export function createCurve(knots: readonly number[], scores: readonly number[], median: number): Curve {
  const pairs = Float64Array.from({ length: 2 * knots.length }, (_, at) => (at % 2 === 0 ? knots : scores)[at >> 1]!);
  const curve = { pairs, grid: createGrid(Float64Array.from(knots)), missing: 0 };
  const [input, found] = [Float64Array.of(median), new Float64Array(1)];
  readCurve(curve, input, 0, 1, found, 0, 1);
  return { ...curve, missing: found[0]! };
}

/**
 * Reads the curve at `rows` values, the first of them at `from`, into every `width`-th place from `offset` on. One function for all
 * curves, which calls no other: it runs for each feature of each row.
 */
export function readCurve(
  { pairs, grid: { starts, first, scale, lastCell }, missing }: Curve,
  values: Float64Array,
  from: number,
  rows: number,
  inputs: Float32Array | Float64Array,
  offset: number,
  width: number,
): void {
  const last = pairs.length - 2;
  const [lowest, highest] = last < 2 ? [Infinity, -Infinity] : [pairs[0]!, pairs[last]!];
  const [lowestScore, highestScore] = last < 2 ? [0, 0] : [pairs[1]!, pairs[last + 1]!];
  for (let row = 0, to = offset; row < rows; row += 1, to += width) {
    const value = values[from + row]!;
    // Neither a number nor a finite one.
    if (value - value !== 0) inputs[to] = missing;
    else if (value <= lowest) inputs[to] = lowestScore;
    else if (value >= highest) inputs[to] = highestScore;
    else {
      const cell = Math.trunc((value - first) * scale);
      let at = 2 * starts[cell < lastCell ? cell : lastCell]!;
      while (pairs[at + 2]! <= value) at += 2;
      const share = (value - pairs[at]!) / (pairs[at + 2]! - pairs[at]!);
      inputs[to] = pairs[at + 1]! + share * (pairs[at + 3]! - pairs[at + 1]!);
    }
  }
}
