import { tabulateCells } from './cells.ts';
import type { Histogram } from './histogram.ts';
import { measureStability } from './population-stability.ts';
import { testSameOrder } from './kolmogorov-smirnov.ts';
import type { DriftPolicy } from './policy.ts';
import { rowsNeededForStability, smallestVisibleStability } from './sensitivity.ts';
import { testSameDistribution } from './significance.ts';
import { measureDistance } from './wasserstein.ts';

/** What the two windows of one feature say, before any correction for the number of features. */
export interface Comparison {
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly chiSquared: number;
  /** Of chi-squared; for numeric features the smaller one of chi-squared and KS, which then counts double (Bonferroni). */
  readonly pValue: number;
  /** Debiased PSI. */
  readonly stability: number;
  /** Distance moved, in standard deviations of the reference; null unless numeric. */
  readonly distance: number | null;
  /** As a PSI. */
  readonly smallestVisible: number | undefined;
  readonly rowsNeeded: number | undefined;
}

/** Compares a feature's current window with its reference; both must have rows. */
export function compareWindows(reference: Histogram, current: Histogram, policy: DriftPolicy): Comparison {
  const table = tabulateCells(reference, current);
  const { referenceRows, currentRows } = table;
  const { chiSquared, df, pValue } = testSameDistribution(table);
  const isNumeric = reference.spec.kind === 'numeric';
  const either = Math.min(1, 2 * Math.min(pValue, testSameOrder(reference, current)));
  const design = { df, referenceRows, level: policy.level };
  return {
    referenceRows,
    currentRows,
    chiSquared,
    pValue: isNumeric ? either : pValue,
    stability: measureStability(table),
    distance: isNumeric ? measureDistance(reference, current) : null,
    smallestVisible: smallestVisibleStability({ ...design, currentRows }),
    rowsNeeded: rowsNeededForStability({ ...design, stability: leastThatMatters(isNumeric, policy) }),
  };
}

/** Whether the difference is large enough to matter, by either measure. */
export function isLarge({ stability, distance }: Comparison, policy: DriftPolicy): boolean {
  return stability >= policy.stabilityLimit || (distance !== null && distance >= policy.distanceLimit);
}

/** As a PSI: a normal variable that moves by δ standard deviations has PSI = δ². */
function leastThatMatters(isNumeric: boolean, { stabilityLimit, distanceLimit }: DriftPolicy): number {
  return isNumeric ? Math.min(stabilityLimit, distanceLimit ** 2) : stabilityLimit;
}
