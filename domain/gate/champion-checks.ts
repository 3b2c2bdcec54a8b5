import type { Check, Outcome } from '../verdict.ts';
import { minResamplingUnits } from './bootstrap.ts';
import { type Comparison, gradeSuperiority, planRows } from './comparison.ts';
import type { GatePolicy } from './policy.ts';
import { describeComparison, describeDifference, describeMissingRows } from './describe.ts';

/** Superiority and non-inferiority against the champion; the one that does not decide under the policy is advisory. */
export function checkAgainstChampion(comparison: Comparison, policy: GatePolicy, challengerSimpler: boolean): Check[] {
  const superiority = checkSuperiority(comparison, policy);
  const nonInferiority = checkNonInferiority(comparison, policy);
  const equalIsEnough =
    policy.allowNonInferior === 'always' || (policy.allowNonInferior === 'simpler' && challengerSimpler);
  const superiorityDecides = !equalIsEnough || superiority.outcome === 'pass' || comparison.significantlyWorse;
  return superiorityDecides
    ? [superiority, { ...nonInferiority, advisory: true }]
    : [nonInferiority, { ...superiority, advisory: true }];
}

function checkSuperiority(comparison: Comparison, policy: GatePolicy): Check {
  const plan = planRows(comparison, policy.minEffect, policy);
  const outcome = gradeSuperiority(comparison, policy, plan.rowsNeeded);
  const lead = comparison.significantlyWorse
    ? 'challenger is worse'
    : { pass: 'challenger is better', fail: 'challenger is not better', inconclusive: 'not decided' }[outcome];
  const missing =
    outcome === 'inconclusive' ? `; ${describeMissingRows(comparison, plan.rowsNeeded, policy.minEffect)}` : '';
  return {
    name: 'paired-loss',
    outcome,
    reason: `${lead}: ${describeComparison(comparison)}${missing}`,
    ...figures(comparison),
    ...plan,
  };
}

function checkNonInferiority(comparison: Comparison, policy: GatePolicy): Check {
  const plan = planRows(comparison, policy.margin, policy);
  const outcome = gradeNonInferiority(comparison, policy);
  const margin = describeDifference(policy.margin, comparison.primary);
  const lead = {
    pass: `challenger is not worse by ${margin} or more`,
    fail: `challenger is worse by more than ${margin}`,
    inconclusive: `not shown that the challenger is worse by less than ${margin}`,
  }[outcome];
  const missing =
    outcome === 'inconclusive' ? `; ${describeMissingRows(comparison, plan.rowsNeeded, policy.margin)}` : '';
  return {
    name: 'non-inferiority',
    outcome,
    reason: `${lead}: ${describeComparison(comparison)}${missing}`,
    ...figures(comparison),
    ...plan,
  };
}

function gradeNonInferiority({ bounds, rows, units }: Comparison, { margin, minRows }: GatePolicy): Outcome {
  if (bounds && bounds.upper < -margin) return 'fail';
  if (!bounds || rows < minRows || units < minResamplingUnits) return 'inconclusive';
  return bounds.lower > -margin ? 'pass' : 'inconclusive';
}

/** The figures that every check on a comparison carries; in units of utility where that decides. */
export function figures(
  comparison: Comparison,
): Pick<Check, 'statistic' | 'pValue' | 'effectSize' | 'interval' | 'rowsSeen' | 'piecesSeen'> {
  const { range } = comparison.primary;
  const interval = comparison.bounds?.interval;
  return {
    ...(Number.isFinite(comparison.statistic) && { statistic: comparison.statistic }),
    pValue: comparison.pValue,
    effectSize: comparison.difference * range,
    ...(interval && { interval: { ...interval, low: interval.low * range, high: interval.high * range } }),
    rowsSeen: comparison.rows,
    ...(comparison.units < comparison.rows && { piecesSeen: comparison.units }),
  };
}
