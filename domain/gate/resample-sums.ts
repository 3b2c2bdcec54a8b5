import { createRng } from '../math/rng.ts';
import type { Interval } from '../verdict.ts';
import { expandedQuantile, minResamplingUnits, quantilesOf } from './bootstrap.ts';

/** Sums over the rows of each independent unit: `units` × `width`, row-major. */
export interface UnitSums {
  readonly units: number;
  readonly width: number;
  readonly sums: Float64Array;
}

/** More are put together by neighbours, which the spread of a sum survives: a thousand tell it to 3%. */
const mostUnits = 1_000;

/** Adds up rows, or blocks of rows, into units. `addRow` adds one row's numbers to `into`, from `offset` on. */
export function sumIntoUnits(
  rows: number,
  blockOf: ArrayLike<number> | undefined,
  width: number,
  addRow: (into: Float64Array, offset: number, row: number) => void,
): UnitSums {
  const blocks = new Map<number, number>();
  if (blockOf)
    for (let row = 0; row < rows; row++) if (!blocks.has(blockOf[row]!)) blocks.set(blockOf[row]!, blocks.size);
  const found = blockOf ? blocks.size : rows;
  const units = Math.min(found, mostUnits);
  const sums = new Float64Array(units * width);
  for (let row = 0; row < rows; row++) {
    const place = blockOf ? blocks.get(blockOf[row]!)! : row;
    addRow(sums, Math.floor((place * units) / found) * width, row);
  }
  return { units, width, sums };
}

/** Bounds of a statistic that may lean: each the more cautious of the percentile and the basic bootstrap. */
export interface StatisticBounds {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly interval: Interval;
}

/**
 * Bootstrap bounds (Efron & Tibshirani 1993, ch. 13) of statistics of the summed vector, one-sided at α, the interval at 1 − α.
 * A statistic like a largest difference leans upward, and its percentile interval with it: the basic interval 2θ̂ − θ* corrects
 * for that. null where a statistic can't be computed, in the rows or in one resample in ten, or below seven units.
 */
export function boundStatistics(
  unitSums: UnitSums,
  statistics: (sums: Float64Array) => readonly number[],
  { alpha, resamples, seed }: { readonly alpha: number; readonly resamples: number; readonly seed: number },
): readonly (StatisticBounds | null)[] {
  const { units } = unitSums;
  const observed = statistics(totalOf(unitSums));
  if (units < minResamplingUnits) return observed.map(() => null);
  const draws = drawStatistics(unitSums, statistics, observed.length, resamples, seed);
  const reach = (level: number): number => expandedQuantile(1 - level, units);
  return observed.map((value, s) => {
    const sorted = draws[s]!.filter(Number.isFinite).sort();
    if (!Number.isFinite(value) || sorted.length < 0.9 * resamples) return null;
    const at = quantilesOf(sorted);
    const low = (level: number): number => Math.min(at(-reach(level)), 2 * value - at(reach(level)));
    const high = (level: number): number => Math.max(at(reach(level)), 2 * value - at(-reach(level)));
    const interval = { low: low(alpha / 2), high: high(alpha / 2), level: 1 - alpha };
    return { value, lower: low(alpha), upper: high(alpha), interval };
  });
}

function drawStatistics(
  { units, width, sums }: UnitSums,
  statistics: (sums: Float64Array) => readonly number[],
  count: number,
  resamples: number,
  seed: number,
): Float64Array[] {
  const random = createRng(seed);
  const draws = Array.from({ length: count }, () => new Float64Array(resamples));
  const total = new Float64Array(width);
  for (let r = 0; r < resamples; r++) {
    total.fill(0);
    for (let u = 0; u < units; u++) {
      const from = Math.floor(random() * units) * width;
      for (let k = 0; k < width; k++) total[k]! += sums[from + k]!;
    }
    statistics(total).forEach((value, s) => (draws[s]![r] = value));
  }
  return draws;
}

function totalOf({ units, width, sums }: UnitSums): Float64Array {
  const total = new Float64Array(width);
  for (let u = 0; u < units; u++) for (let k = 0; k < width; k++) total[k]! += sums[u * width + k]!;
  return total;
}
