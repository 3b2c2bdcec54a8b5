import type { Check } from '../verdict.ts';
import { boundMean } from './bootstrap.ts';
import { compareAuc } from './delong.ts';
import type { GateEvidence } from './evidence.ts';
import { logLosses, subtractLosses } from './losses.ts';
import type { GatePolicy } from './policy.ts';
import { groupIntoUnits } from './resampling-units.ts';
import { formatNumber, formatPValue, formatShare } from './wording.ts';

/** Log loss of champion and challenger, with the bootstrap interval of the difference; classes only. */
export function checkLogLoss(
  { task, labels, champion, challenger, blockOf }: GateEvidence,
  policy: GatePolicy,
): Check | null {
  if (task === 'regression' || !champion) return null;
  const [old, fresh] = [logLosses(labels, champion), logLosses(labels, challenger)];
  const units = groupIntoUnits(subtractLosses(old, fresh), blockOf);
  const bounds = boundMean(units, policy.alpha, policy.bootstrapResamples, policy.seed);
  const outcome = !bounds ? 'inconclusive' : bounds.lower > 0 ? 'pass' : bounds.upper < 0 ? 'fail' : 'inconclusive';
  const [before, after] = [old, fresh].map((losses) => formatNumber(losses.reduce((a, b) => a + b, 0) / losses.length));
  return {
    name: 'log-loss',
    outcome,
    reason: `log loss ${after} against ${before}, gain ${formatNumber(units.mean)}${bounds ? ` (${formatNumber(bounds.interval.low)} to ${formatNumber(bounds.interval.high)})` : ''}`,
    effectSize: units.mean,
    ...(bounds && { interval: bounds.interval }),
    rowsSeen: labels.length,
    advisory: true,
  };
}

/** AUC of champion and challenger by DeLong's test, which takes rows as independent; binary only. */
export function checkAuc({ task, labels, champion, challenger }: GateEvidence, policy: GatePolicy): Check | null {
  if (task !== 'binary' || !champion) return null;
  const result = compareAuc(labels, champion.values, challenger.values, 1 - policy.alpha);
  if (!result)
    return {
      name: 'auc-delong',
      outcome: 'inconclusive',
      reason: 'a class has fewer than two rows',
      rowsSeen: labels.length,
      advisory: true,
    };
  const significant = result.pValue / 2 <= policy.alpha;
  const outcome = !significant ? 'inconclusive' : result.difference > 0 ? 'pass' : 'fail';
  return {
    name: 'auc-delong',
    outcome,
    reason: `AUC ${formatShare(result.aucB)} against ${formatShare(result.aucA)} (DeLong ${formatPValue(result.pValue)})`,
    ...(result.standardError > 0 && { statistic: result.difference / result.standardError }),
    pValue: result.pValue,
    effectSize: result.difference,
    interval: result.interval,
    rowsSeen: labels.length,
    advisory: true,
  };
}
