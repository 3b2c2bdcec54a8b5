import type { Check } from '../verdict.ts';
import { figures } from './champion-checks.ts';
import { compareLosses, gradeSuperiority, type PairedLosses, planRows } from './comparison.ts';
import { describeComparison, describeMissingRows } from './describe.ts';
import type { GateEvidence, TrainingLabels } from './evidence.ts';
import type { GatePolicy } from './policy.ts';
import type { PrimaryLoss } from './utility/primary.ts';

/** What the baselines are held against: the holdout with the challenger's losses, by what the gate compares. */
export interface BaselineInput {
  readonly evidence: GateEvidence;
  readonly challengerLosses: Float64Array;
  readonly primary: PrimaryLoss;
}

/** The challenger against always giving the commonest class (or the mean) of the training labels. */
export function checkConstantBaseline(
  { evidence, challengerLosses, primary }: BaselineInput,
  policy: GatePolicy,
): Check {
  const { task, labels, trainingLabels, blockOf } = evidence;
  const guess = constantGuess(trainingLabels, primary);
  const name = task === 'regression' ? 'baseline:mean' : 'baseline:majority';
  if (guess === null || (task === 'regression') !== (trainingLabels.kind === 'values'))
    return noBaseline(name, labels.length, 'the training labels are not known, so their commonest value is not either');
  const reference = Float64Array.from(labels, (label) => primary.lossOf(label, guess));
  const words = task === 'regression' ? `always predicting the training mean` : `always answering class ${guess}`;
  return checkBaseline(name, words, { primary, reference, challenger: challengerLosses, blockOf }, policy);
}

/** The challenger against repeating the last label known when each row was predicted; null where rows are no time series. */
export function checkSameAsLast(
  { evidence, challengerLosses, primary }: BaselineInput,
  policy: GatePolicy,
): Check | null {
  const { labels, blockOf, lastKnownDelayRows = 1 } = evidence;
  if (lastKnownDelayRows === null) return null;
  const name = 'baseline:same-as-last';
  const rows = labels.length - lastKnownDelayRows;
  if (rows <= 0)
    return noBaseline(name, labels.length, `no label of the holdout is known ${lastKnownDelayRows} rows later`);
  const later = Array.from({ length: rows }, (_, i) => i + lastKnownDelayRows);
  const losses: PairedLosses = {
    primary,
    reference: Float64Array.from(later, (row) => primary.lossOf(labels[row]!, labels[row - lastKnownDelayRows]!)),
    challenger: challengerLosses.subarray(lastKnownDelayRows),
    blockOf: blockOf && later.map((row) => blockOf[row]!),
  };
  return checkBaseline(name, 'repeating the last known label', losses, policy);
}

/** The mean, or the class that costs least when it is always given: the commonest, unless answers have a worth of their own. */
function constantGuess(trainingLabels: TrainingLabels, { lossOf }: PrimaryLoss): number | null {
  if (trainingLabels.kind === 'values') return Number.isFinite(trainingLabels.mean) ? trainingLabels.mean : null;
  const { counts } = trainingLabels;
  if (Math.max(...counts) <= 0) return null;
  const costs = counts.map((_, guess) => counts.reduce((sum, count, label) => sum + count * lossOf(label, guess), 0));
  return costs.indexOf(Math.min(...costs));
}

function checkBaseline(name: string, words: string, losses: PairedLosses, policy: GatePolicy): Check {
  const comparison = compareLosses(losses, policy);
  const plan = planRows(comparison, policy.minEffect, policy);
  const outcome = gradeSuperiority(comparison, policy, plan.rowsNeeded);
  const lead = { pass: 'is better than', fail: 'does not beat', inconclusive: 'is not shown to beat' }[outcome];
  const missing =
    outcome === 'inconclusive' ? `; ${describeMissingRows(comparison, plan.rowsNeeded, policy.minEffect)}` : '';
  return {
    name,
    outcome,
    reason: `challenger ${lead} ${words}: ${describeComparison(comparison)}${missing}`,
    ...figures(comparison),
    ...plan,
  };
}

function noBaseline(name: string, rowsSeen: number, reason: string): Check {
  return { name, outcome: 'inconclusive', reason, rowsSeen };
}
