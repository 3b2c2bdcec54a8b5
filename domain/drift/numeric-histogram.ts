import type { Histogram, NumericSpec } from './histogram.ts';
import { sortAround } from './sort-around.ts';

/** Cells that hold fewer rows of the reference would make the chi-squared test call drift too often. */
const leastRowsPerCell = 20;

/**
 * Cuts `bins` cells of equal mass on the reference, fewer where it has under 20 rows for each, and counts it on them. A value that
 * fills a cell has it alone. NaN is missing; infinite values don't move the cuts and are counted outside the range. A
 * constant or empty reference is fine.
 */
export function describeNumeric(reference: ArrayLike<number>, bins = 64): Histogram & { readonly spec: NumericSpec } {
  const { finite, below, above, missing } = sortOut(reference);
  const cells = Math.max(1, Math.min(bins, Math.floor(finite.length / leastRowsPerCell)));
  const quantiles = Array.from({ length: cells }, (_, bin) => Math.ceil(((bin + 1) * finite.length) / cells));
  const ranks = finite.length === 0 ? [] : [0, ...quantiles.map((quantile) => quantile - 1), finite.length - 1];
  const sorted = sortAround(finite, ranks);
  const ends = cutEnds(sorted, quantiles);
  const spec: NumericSpec = {
    kind: 'numeric',
    min: sorted[0] ?? 0,
    uppers: ends.map((end) => sorted[end - 1]!),
    positions: locateCells(sorted, ends),
  };
  return { spec, counts: [below, ...ends.map((end, bin) => end - (ends[bin - 1] ?? 0)), above, missing] };
}

/** The cells that `describeNumeric` cuts. */
export function cutNumeric(reference: ArrayLike<number>, bins?: number): NumericSpec {
  return describeNumeric(reference, bins).spec;
}

/** Counts a window on the cells of `spec`; NaN counts as missing, infinite values as below or above. */
export function countNumeric(spec: NumericSpec, values: ArrayLike<number>): Histogram {
  const counter = createNumericCounter(spec);
  counter.add(values);
  return counter.read();
}

/** Counts a window that comes in parts; remembers the counts alone. */
export interface NumericCounter {
  add(values: ArrayLike<number>): void;
  read(): Histogram;
}

export function createNumericCounter(spec: NumericSpec): NumericCounter {
  const cellOf = cellFinder(spec);
  const counts = new Float64Array(spec.uppers.length + 3);
  return {
    add(values) {
      for (let row = 0; row < values.length; row++) counts[cellOf(values[row]!)]! += 1;
    },
    read: () => ({ spec, counts: [...counts] }),
  };
}

interface SortedOut {
  readonly finite: Float64Array;
  /** Numbers of −Infinity, Infinity and NaN. */
  readonly below: number;
  readonly above: number;
  readonly missing: number;
}

function sortOut(values: ArrayLike<number>): SortedOut {
  const finite = new Float64Array(values.length);
  let [kept, below, above] = [0, 0, 0];
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value === Infinity) above += 1;
    else if (value === -Infinity) below += 1;
    else if (!Number.isNaN(value)) finite[kept++] = value;
  }
  return { finite: finite.subarray(0, kept), below, above, missing: values.length - kept - below - above };
}

/** Where each cell ends in the sorted reference: at the quantiles, moved behind equal values, and before those that fill a cell. */
function cutEnds(sorted: Float64Array, quantiles: readonly number[]): number[] {
  const ends: number[] = [];
  for (const quantile of quantiles) {
    const last = ends.at(-1) ?? 0;
    if (quantile <= last) continue;
    let from = quantile - 1;
    let to = quantile;
    while (from > last && sorted[from - 1] === sorted[from]) from -= 1;
    while (to < sorted.length && sorted[to] === sorted[to - 1]) to += 1;
    if (from > last && to - from >= sorted.length / quantiles.length) ends.push(from);
    ends.push(to);
  }
  return ends;
}

/** Mean of each cell in standard deviations, worked out on values scaled to ±1 so that none can overflow. */
function locateCells(sorted: Float64Array, ends: readonly number[]): number[] {
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const unit = 1 / Math.max(-low, high, leastUnit);
  const sums = ends.map((end, bin) => sumOf(sorted.subarray(ends[bin - 1] ?? 0, end), unit));
  const mean = sums.reduce((total, sum) => total + sum, 0) / sorted.length;
  const sd = Math.sqrt(squaresOf(sorted, unit, mean) / sorted.length);
  const standardize = (value: number) => (sd > 0 ? (value - mean) / sd : 0);
  const means = sums.map((sum, bin) => sum / (ends[bin]! - (ends[bin - 1] ?? 0)));
  return [low * unit, ...means, high * unit].map(standardize);
}

/** Its inverse is finite. */
const leastUnit = 1e-300;

function sumOf(values: Float64Array, unit: number): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += values[row]! * unit;
  return sum;
}

function squaresOf(values: Float64Array, unit: number, mean: number): number {
  let squares = 0;
  for (let row = 0; row < values.length; row++) {
    const deviation = values[row]! * unit - mean;
    squares += deviation * deviation;
  }
  return squares;
}

/** Steps of a grid over the range of the reference: so many that a step rarely holds more than one border between cells. */
const gridSteps = 4_096;

/** Finds a value's cell: from the first one that its step of the grid allows, upwards. */
function cellFinder({ min, uppers }: NumericSpec): (value: number) => number {
  const bounds = Float64Array.from(uppers);
  const last = bounds.length - 1;
  const max = bounds[last] ?? min;
  const steps = gridSteps / (max - min);
  // A constant or immense range has no grid: everything is in its first step.
  const scale = steps < Infinity ? steps : 0;
  const firstCells = new Uint32Array(gridSteps + 1);
  for (let step = 0, cell = 0; step <= gridSteps; step++) {
    while (cell < last && Math.floor((bounds[cell]! - min) * scale) < step) cell += 1;
    firstCells[step] = cell;
  }
  return (value) => {
    if (!(value >= min)) return value < min ? 0 : last + 3;
    if (value > max) return last + 2;
    let cell = firstCells[Math.floor((value - min) * scale) || 0]!;
    while (bounds[cell]! < value) cell += 1;
    return cell + 1;
  };
}
