import { normalQuantile } from '../math/normal.ts';
import { medianOf, momentsOf } from './moments.ts';
import type { LevelsStep, NumericStep, PreprocessingStep, RankStep } from './preprocessing.ts';

/** A numeric feature of no more values than this has an input for each, if every one of them has enough rows. */
const mostLevels = 64;
const rowsPerLevel = 20;
/** Points of the map from values to ranks. */
const rankKnots = 129;
/** Ranks are held this far inside, so that the ends of the normal scale stay finite. */
const furthestRank = 0.998;

/**
 * Classes are told apart by ranks, which no outlier and no drift of scale can pull far; a value is predicted from the
 * standardised feature as well, because a rank can't reach beyond what training saw.
 */
export function fitNumeric(feature: string, values: Float64Array, isRegression: boolean): readonly PreprocessingStep[] {
  const sorted = values.filter(Number.isFinite).sort();
  const rank = fitRank(feature, sorted, sorted.length < values.length);
  const scaled = isRegression ? [standardise(feature, sorted)] : [];
  return [...scaled, rank, ...fitLevels(feature, sorted)];
}

function standardise(feature: string, sorted: Float64Array): NumericStep {
  return { kind: 'numeric', feature, median: medianOf(sorted), ...momentsOf(sorted) };
}

function fitRank(feature: string, sorted: Float64Array, missingIndicator: boolean): RankStep {
  const points = new Map<number, { rank: number; count: number }>();
  for (let i = 0; i < rankKnots && sorted.length > 0; i++) {
    const rank = i / (rankKnots - 1);
    const value = sorted[Math.round(rank * (sorted.length - 1))]!;
    const point = points.get(value) ?? { rank: 0, count: 0 };
    points.set(value, { rank: point.rank + rank, count: point.count + 1 });
  }
  const scores = [...points.values()].map(({ rank, count }) =>
    normalQuantile(Math.min(Math.max(rank / count, 1 - furthestRank), furthestRank)),
  );
  return { kind: 'rank', feature, median: medianOf(sorted), knots: [...points.keys()], scores, missingIndicator };
}

function fitLevels(feature: string, sorted: Float64Array): readonly LevelsStep[] {
  const levels: number[] = [];
  for (const value of sorted) {
    if (levels.at(-1) === value) continue;
    levels.push(value);
    if (levels.length > mostLevels) return [];
  }
  const isEnough = levels.length > 2 && sorted.length >= rowsPerLevel * levels.length;
  return isEnough ? [{ kind: 'levels', feature, levels }] : [];
}
