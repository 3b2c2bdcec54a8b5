import { compareLosses } from './comparison.ts';
import type { GateEvidence } from './evidence.ts';
import { brierLosses, varianceOf } from './losses.ts';
import type { GatePolicy } from './policy.ts';

/**
 * Is the champion shown to know less of the holdout than the shares of its classes do (by the Brier score), or than its mean (by the squared error)? The
 * world has left such a model: what it has right is luck, and no measure of harm.
 */
export function isChampionLost(evidence: GateEvidence, policy: GatePolicy): boolean {
  const { task, labels, champion, blockOf } = evidence;
  if (!champion) return false;
  const isValues = task === 'regression';
  const unit = isValues ? varianceOf(labels) : 1;
  if (!(unit > 0)) return false;
  const own = isValues
    ? Float64Array.from(labels, (label, row) => (champion.values[row]! - label) ** 2)
    : brierLosses(labels, champion);
  const constant = isValues ? squaresAround(labels) : brierLosses(labels, shares(labels, champion.width));
  const primary = { kind: 'squared', range: unit, best: 0 } as const;
  return compareLosses({ primary, reference: own, challenger: constant, blockOf }, policy).significantlyBetter;
}

function squaresAround(labels: ArrayLike<number>): Float64Array {
  const mean = Array.from(labels).reduce((sum, label) => sum + label, 0) / labels.length;
  return Float64Array.from(labels, (label) => (label - mean) ** 2);
}

/** The shares of the classes on the holdout itself, given for every row. */
function shares(labels: ArrayLike<number>, width: number) {
  const counts = new Float64Array(Math.max(2, width));
  for (let row = 0; row < labels.length; row++) counts[labels[row]!]! += 1;
  const each = Array.from(counts, (count) => count / labels.length);
  const given = width === 1 ? [each[1]!] : each;
  return { width, values: Array.from(labels).flatMap(() => given) };
}
