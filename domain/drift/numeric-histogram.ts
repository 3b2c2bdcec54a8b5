import type { Histogram, NumericSpec } from './histogram.ts';

/**
 * Cuts `bins` cells of equal mass on the reference, fewer where values are tied. NaN is missing; infinite values don't
 * move the cuts and are counted outside the range. A constant or empty reference is fine.
 */
export function cutNumeric(reference: ArrayLike<number>, bins = 64): NumericSpec {
  const sorted = Float64Array.from(reference).filter(Number.isFinite).sort();
  const ends = cutEnds(sorted, bins);
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

/** Where each bin ends in the sorted reference: at the quantiles, moved behind the last of equal values. */
function cutEnds(sorted: Float64Array, bins: number): number[] {
  const ends: number[] = [];
  for (let bin = 1; bin <= bins; bin++) {
    let end = Math.ceil((bin * sorted.length) / bins);
    if (end === 0 || end <= (ends.at(-1) ?? 0)) continue;
    while (end < sorted.length && sorted[end] === sorted[end - 1]) end += 1;
    ends.push(end);
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
