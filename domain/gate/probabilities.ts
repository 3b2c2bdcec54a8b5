import type { Check } from '../verdict.ts';
import { compareLosses, type Comparison, gradeSuperiority, planRows } from './comparison.ts';
import { figures } from './champion-checks.ts';
import type { GateEvidence, TrainingLabels } from './evidence.ts';
import { brierLosses, sameShares } from './losses.ts';
import type { GatePolicy } from './policy.ts';
import { formatCount, formatNumber, formatPValue } from './wording.ts';

/**
 * Are the challenger's probabilities better than the champion's, by the Brier score? It sees what a share of right answers
 * can't where one class is rare or the classes overlap. Null for regression and without a champion.
 */
export function checkProbabilities(evidence: GateEvidence, policy: GatePolicy): Check | null {
  const { task, labels, champion } = evidence;
  if (task === 'regression' || !champion) return null;
  return judge('brier', brierLosses(labels, champion), evidence, policy);
}

/** Brier scores are no 0/1 losses: the bootstrap and the normal law decide, as for regression. */
const probabilityLoss = { kind: 'squared', range: 1, best: 0 } as const;

/** The same against always giving the shares of the classes in the training labels. */
export function checkConstantProbabilities(evidence: GateEvidence, policy: GatePolicy): Check | null {
  const shares = sharesOf(evidence.trainingLabels);
  if (evidence.task === 'regression' || shares === null) return null;
  const { labels, task } = evidence;
  const constant = sameShares(shares, task === 'binary' ? 1 : shares.length, labels.length);
  return judge('baseline:class-shares', brierLosses(labels, constant), evidence, policy);
}

function sharesOf(trainingLabels: TrainingLabels): readonly number[] | null {
  if (trainingLabels.kind === 'values') return null;
  const total = trainingLabels.counts.reduce((sum, count) => sum + count, 0);
  return total > 0 ? trainingLabels.counts.map((count) => count / total) : null;
}

function judge(name: string, reference: Float64Array, evidence: GateEvidence, policy: GatePolicy): Check {
  const { labels, challenger, blockOf } = evidence;
  const comparison = compareLosses(
    { primary: probabilityLoss, reference, challenger: brierLosses(labels, challenger), blockOf },
    policy,
  );
  const plan = planRows(comparison, policy.minEffect, policy);
  const outcome = gradeSuperiority(comparison, policy, plan.rowsNeeded);
  return { name, outcome, reason: describe(comparison), ...figures(comparison), ...plan };
}

function describe({ challengerLoss, referenceLoss, difference, rows, pValue }: Comparison): string {
  const scores = `Brier score ${formatNumber(challengerLoss)} against ${formatNumber(referenceLoss)}`;
  return `${scores}, gain ${formatNumber(difference)} (${formatCount(rows)} rows, ${formatPValue(pValue)})`;
}
