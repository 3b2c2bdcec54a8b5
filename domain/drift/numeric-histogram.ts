import type { Histogram, NumericSpec } from './histogram.ts';

/** Cells that hold fewer rows of the reference would make the chi-squared test call drift too often. */
const leastRowsPerCell = 20;

/**
 * Cuts `bins` cells of equal mass on the reference, fewer where it has under 20 rows for each. A value that fills a
 * cell has it alone. NaN is missing; infinite values don't move the cuts and are counted outside the range. A constant or
 * empty reference is fine.
 */
export function cutNumeric(reference: ArrayLike<number>, bins = 64): NumericSpec {
  const sorted = Float64Array.from(reference).filter(Number.isFinite).sort();
  const ends = cutEnds(sorted, Math.max(1, Math.min(bins, Math.floor(sorted.length / leastRowsPerCell))));
  return {
    kind: 'numeric',
    min: sorted[0] ?? 0,
    uppers: ends.map((end) => sorted[end - 1]!),
    positions: locateCells(sorted, ends),
  };
}

/** Counts a window on the cells of `spec`; NaN counts as missing, infinite values as below or above. */
export function countNumeric(spec: NumericSpec, values: ArrayLike<number>): Histogram {
  const counts = new Array<number>(spec.uppers.length + 3).fill(0);
  for (let row = 0; row < values.length; row++) counts[findCell(spec, values[row]!)]! += 1;
  return { spec, counts };
}

/** Where each cell ends in the sorted reference: at the quantiles, moved behind equal values, and before those that fill a cell. */
function cutEnds(sorted: Float64Array, bins: number): number[] {
  const ends: number[] = [];
  for (let bin = 1; bin <= bins; bin++) {
    const quantile = Math.ceil((bin * sorted.length) / bins);
    const last = ends.at(-1) ?? 0;
    if (quantile <= last) continue;
    let from = quantile - 1;
    let to = quantile;
    while (from > last && sorted[from - 1] === sorted[from]) from -= 1;
    while (to < sorted.length && sorted[to] === sorted[to - 1]) to += 1;
    if (from > last && to - from >= sorted.length / bins) ends.push(from);
    ends.push(to);
  }
  return ends;
}

/** Mean of each cell in standard deviations, worked out on values scaled to ±1 so that none can overflow. */
function locateCells(sorted: Float64Array, ends: readonly number[]): number[] {
  if (sorted.length === 0) return [0, 0];
  const largest = Math.max(-sorted[0]!, sorted.at(-1)!, Number.MIN_VALUE);
  const scaled = sorted.map((value) => value / largest);
  const mean = meanOf(scaled);
  const sd = Math.sqrt(meanOf(scaled.map((value) => (value - mean) ** 2)));
  const standardize = (value: number) => (sd > 0 ? (value - mean) / sd : 0);
  const means = ends.map((end, bin) => meanOf(scaled.subarray(ends[bin - 1] ?? 0, end)));
  return [scaled[0]!, ...means, scaled.at(-1)!].map(standardize);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function findCell({ min, uppers }: NumericSpec, value: number): number {
  if (Number.isNaN(value)) return uppers.length + 2;
  if (value < min) return 0;
  let low = 0;
  let high = uppers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (uppers[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}
