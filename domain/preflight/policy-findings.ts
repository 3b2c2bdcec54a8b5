import { formatCount } from '../gate/wording.ts';
import type { Amount } from '../policy.ts';
import type { Policy } from '../project.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

export interface PolicyContext {
  readonly policy: Policy;
  readonly hasTime: boolean;
  readonly rows: number;
}

/** Settings that contradict each other, or the data. One finding where all fits. */
export function findPolicyProblems(context: PolicyContext): readonly Finding[] {
  const found = [
    ...findTimelessClocks(context),
    ...findRetrainProblems(context),
    ...findWindowProblems(context),
    ...findProbationProblems(context),
  ];
  return found.length > 0 ? found : [ok('policy', 'clocks, windows and horizons fit each other and the data')];
}

/** Event time stands still without a time column: what waits for it waits for ever. */
function findTimelessClocks({ policy, hasTime }: PolicyContext): readonly Finding[] {
  if (hasTime) return [];
  const { cooldown, budget, every } = policy.retrain;
  const amounts: readonly (readonly [string, Amount | 'auto' | null])[] = [
    ['retrain.cooldown', cooldown],
    ['retrain.budget.per', budget.per],
    ['retrain.every', every],
    ['rollback.per', policy.rollback.per],
  ];
  return amounts.flatMap(([name, amount]) => {
    if (amount === null || amount === 'auto' || !('eventMs' in amount)) return [];
    const text = `${name} is a span of event time, but the project has no time column: it never ends`;
    return [fail(`policy:${name}`, text, 'name data.time, or say it in { rows } or { labels }')];
  });
}

/** Rows or labels; null for event time, which the data would have to translate. */
function countOf(amount: Amount): number | null {
  if ('rows' in amount) return amount.rows;
  return 'labels' in amount ? amount.labels : null;
}

function findRetrainProblems({ policy, rows }: PolicyContext): readonly Finding[] {
  const { cooldown, minFreshLabels, budget, every } = policy.retrain;
  const wait = Math.max(countOf(cooldown) ?? 0, minFreshLabels);
  const per = countOf(budget.per);
  const findings: Finding[] = [];
  if (wait > rows) {
    const text = `a retraining waits for ${formatCount(wait)} rows, the history has ${formatCount(rows)}: a backtest would see none`;
    findings.push(warn('policy:retrain.cooldown', text, 'shorten retrain.cooldown and retrain.minFreshLabels'));
  }
  if (per !== null && budget.trainings * wait < per / 2) {
    const text = `the budget of ${budget.trainings} retrainings per ${formatCount(per)} may be spent after ${formatCount(budget.trainings * wait)}`;
    findings.push(warn('policy:retrain.budget', text, 'raise retrain.budget.trainings, or the cooldown'));
  }
  const period = every === null || every === 'auto' ? null : countOf(every);
  if (period !== null && period < wait) {
    const text = `retrain.every asks each ${formatCount(period)}, but cooldown and fresh labels make it wait for ${formatCount(wait)}`;
    findings.push(warn('policy:retrain.every', text, 'raise retrain.every, or shorten the cooldown'));
  }
  return findings;
}

function findWindowProblems({ policy, rows }: PolicyContext): readonly Finding[] {
  const { monitor, drift, quality, snapshot, gate, retrain } = policy;
  const findings: Finding[] = [];
  const least = Math.max(drift.minRows, quality.minRows);
  if (monitor.windowRows < least) {
    const text = `monitor.windowRows is ${formatCount(monitor.windowRows)}, but drift and quality are judged from ${formatCount(least)} rows on`;
    findings.push(fail('policy:monitor.windowRows', text, `raise it to ${formatCount(least)} or more`));
  }
  if (monitor.windowRows > rows) {
    const text = `monitor.windowRows is ${formatCount(monitor.windowRows)}, more than the ${formatCount(rows)} rows there are`;
    findings.push(warn('policy:monitor.windowRows', text, 'shorten it: drift would show late'));
  }
  if (snapshot.recentRows > snapshot.maxRows) {
    const text = `snapshot.recentRows (${formatCount(snapshot.recentRows)}) exceeds maxRows (${formatCount(snapshot.maxRows)})`;
    findings.push(warn('policy:snapshot.recentRows', text, 'the windows "recent" and "all" are then the same'));
  }
  if (gate.minRows > retrain.minFreshLabels) {
    const text = `gate.minRows is ${formatCount(gate.minRows)}, but a retraining may start with ${formatCount(retrain.minFreshLabels)} fresh labels`;
    findings.push(fail('policy:gate.minRows', text, 'raise retrain.minFreshLabels, or lower gate.minRows'));
  }
  return findings;
}

function findProbationProblems({ policy }: PolicyContext): readonly Finding[] {
  const { probation, retrain } = policy;
  const findings: Finding[] = [];
  const longest = probation.horizonLabels + probation.maxExtensions * probation.extendLabels;
  if (probation.minLabels > longest) {
    const text = `probation.minLabels (${formatCount(probation.minLabels)}) exceeds its horizon (${formatCount(longest)}): nothing is ever confirmed`;
    findings.push(fail('policy:probation.minLabels', text, 'lower it, or raise probation.horizonLabels'));
  }
  const wait = countOf(retrain.cooldown);
  if (wait !== null && probation.horizonLabels > 5 * wait) {
    const text = `a probation may last ${formatCount(probation.horizonLabels)} labels, the cooldown ${formatCount(wait)}: retrainings wait for probations`;
    findings.push(warn('policy:probation.horizonLabels', text, 'shorten the horizon, or lengthen retrain.cooldown'));
  }
  if (typeof probation.blockLabels === 'number' && probation.blockLabels * 20 > longest) {
    const text = `probation.blockLabels (${formatCount(probation.blockLabels)}) leaves fewer than 20 blocks in ${formatCount(longest)} labels`;
    findings.push(warn('policy:probation.blockLabels', text, 'raise probation.horizonLabels, or say "auto"'));
  }
  return findings;
}
