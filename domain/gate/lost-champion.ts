import { countClasses } from '../quality/label-contract.ts';
import type { Predictions } from '../task.ts';
import { compareLosses } from './comparison.ts';
import type { GateEvidence } from './evidence.ts';
import { brierLosses, primaryLosses, sameShares, varianceOf } from './losses.ts';
import type { GatePolicy } from './policy.ts';

/**
 * Is the champion shown to know less of the holdout than the shares of its classes do (by the Brier score), or than its mean (by the squared error)? The
 * world has left such a model: what it has right is luck, and no measure of harm.
 */
export function isChampionLost(evidence: GateEvidence, policy: GatePolicy): boolean {
  const { task, labels, champion, blockOf } = evidence;
  if (!champion) return false;
  const unit = task === 'regression' ? varianceOf(labels) : 1;
  if (!(unit > 0)) return false;
  const lossesOf = (predictions: Predictions): Float64Array =>
    task === 'regression' ? primaryLosses(task, labels, predictions) : brierLosses(labels, predictions);
  const own = lossesOf(champion);
  const constant = lossesOf(task === 'regression' ? alwaysMean(labels) : alwaysShares(labels, champion.width));
  const primary = { kind: 'squared', range: unit, best: 0 } as const;
  return compareLosses({ primary, reference: own, challenger: constant, blockOf }, policy).significantlyBetter;
}

function alwaysMean(labels: ArrayLike<number>): Predictions {
  const mean = Array.from(labels).reduce((sum, label) => sum + label, 0) / labels.length;
  return { width: 1, values: Array.from(labels, () => mean) };
}

/** The shares of the classes on the holdout itself. */
function alwaysShares(labels: ArrayLike<number>, width: number): Predictions {
  const { hits } = countClasses(labels, Math.max(2, width));
  return sameShares(
    hits.map((count) => count / labels.length),
    width,
    labels.length,
  );
}
