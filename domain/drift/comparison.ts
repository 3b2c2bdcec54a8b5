import { tabulateCells } from './cells.ts';
import type { Histogram } from './histogram.ts';
import { measureStability } from './population-stability.ts';
import type { DriftPolicy } from './policy.ts';
import { rowsNeededForStability, smallestVisibleStability } from './sensitivity.ts';
import { testSameDistribution } from './significance.ts';
import { measureDistance } from './wasserstein.ts';

/** How large a difference is, by the measure that came nearest to its limit or went furthest beyond. */
export interface Effect {
  readonly measure: 'debiased PSI' | 'Wasserstein distance / sd';
  readonly size: number;
  readonly limit: number;
}

/** What the two windows of one feature say, before any correction for the number of features. */
export interface Comparison {
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly chiSquared: number;
  readonly pValue: number;
  readonly effect: Effect;
  /** In the unit of `effect.size`; the distance's as that of a shifted normal variable, whose PSI is its square. */
  readonly smallestVisible: number | undefined;
  readonly rowsNeeded: number | undefined;
}

/** Compares a feature's current window with its reference; both must have rows. */
export function compareWindows(reference: Histogram, current: Histogram, policy: DriftPolicy): Comparison {
  const table = tabulateCells(reference, current);
  const { referenceRows, currentRows } = table;
  const { chiSquared, df, pValue } = testSameDistribution(table);
  const stability: Effect = { measure: 'debiased PSI', size: measureStability(table), limit: policy.stabilityLimit };
  const distance: Effect = {
    measure: 'Wasserstein distance / sd',
    size: measureDistance(reference, current),
    limit: policy.distanceLimit,
  };
  const isNumeric = reference.spec.kind === 'numeric';
  const effect = isNumeric && measureExcess(distance) > measureExcess(stability) ? distance : stability;
  const visible = smallestVisibleStability({ df, referenceRows, currentRows, level: policy.level });
  const leastStability = isNumeric ? Math.min(policy.stabilityLimit, policy.distanceLimit ** 2) : policy.stabilityLimit;
  return {
    referenceRows,
    currentRows,
    chiSquared,
    pValue,
    effect,
    smallestVisible: visible !== undefined && effect === distance ? Math.sqrt(visible) : visible,
    rowsNeeded: rowsNeededForStability({ df, referenceRows, stability: leastStability, level: policy.level }),
  };
}

/** Size in units of its limit: 1 and more matters. */
export function measureExcess({ size, limit }: Effect): number {
  return limit > 0 ? size / limit : size > 0 ? Number.MAX_VALUE : 0;
}
