import type { Check, Outcome } from '../../verdict.ts';
import type { GateEvidence } from '../evidence.ts';
import { asGuard } from '../guard-grade.ts';
import type { GatePolicy } from '../policy.ts';
import { boundStatistics, type StatisticBounds } from '../resample-sums.ts';
import { formatCount, formatPoints } from '../wording.ts';
import { gapsOf, groupAnswers } from './gaps.ts';
import { groupRows, type Groups } from './groups.ts';

const measures = [
  { key: 'demographicParity', name: 'demographic-parity', words: 'demographic parity difference' },
  { key: 'equalOpportunity', name: 'equal-opportunity', words: 'equal opportunity difference' },
] as const;

/**
 * Does the challenger treat the groups of a sensitive column less alike than the champion does? Fails when a gap is shown to be larger by more
 * than the margin; without a champion, when it is shown to be above the limit. Classes only.
 */
export function checkFairness(evidence: GateEvidence, policy: GatePolicy): readonly Check[] {
  const { inputs, sensitive = [], task } = evidence;
  if (!inputs || task === 'regression') return [];
  const columns = [...new Set(sensitive)];
  const shared = { ...policy, alpha: policy.alpha / Math.max(1, columns.length) };
  return columns.flatMap((column) => {
    const values = Object.hasOwn(inputs.columns, column) ? inputs.columns[column] : undefined;
    if (values === undefined) return [open(column, evidence, 'it is not among the inputs of the holdout')];
    const groups = groupRows(column, values, policy.sliceMinRows);
    if (groups.names.length < 2) {
      const few = `fewer than two groups have ${policy.sliceMinRows} rows`;
      return [asGuard(open(column, evidence, few))];
    }
    return checkColumn(column, groups, evidence, shared).map(asGuard);
  });
}

function checkColumn(column: string, groups: Groups, evidence: GateEvidence, policy: GatePolicy): Check[] {
  const { task, labels, champion, challenger, blockOf } = evidence;
  const models = champion ? [champion, challenger] : [challenger];
  const grouped = groupAnswers({ task, labels, models, blockOf, groupOf: groups.groupOf, groups: groups.names.length });
  const statistics = (sums: Float64Array): number[] => {
    const gaps = models.map((_, model) => gapsOf(sums, grouped, models.length, model));
    return measures.flatMap(({ key }) => {
      const [old, fresh] = [gaps[0]![key], gaps.at(-1)![key]];
      return [old, fresh, fresh - old];
    });
  };
  const { alpha, bootstrapResamples: resamples, seed } = policy;
  const bounds = boundStatistics(grouped.unitSums, statistics, { alpha, resamples, seed });
  return measures.map(({ name, words }, m) => {
    const [old, fresh, difference] = bounds.slice(3 * m, 3 * m + 3);
    const check = { name: `fairness:${name}:${column}`, rowsSeen: labels.length };
    if (!old || !fresh || !difference) {
      const reason = `${words} over ${column} can't be judged: a group has too few rows, or rows that should get the answer`;
      return { ...check, outcome: 'inconclusive', reason };
    }
    return { ...check, ...judgeGap(`${words} over ${column}`, { old, fresh, difference }, groups, evidence, policy) };
  });
}

interface GapBounds {
  readonly old: StatisticBounds;
  readonly fresh: StatisticBounds;
  readonly difference: StatisticBounds;
}

function judgeGap(
  words: string,
  { old, fresh, difference }: GapBounds,
  { names, tooSmall }: Groups,
  { champion }: GateEvidence,
  { fairnessMargin, fairnessLimit }: GatePolicy,
): Omit<Check, 'name' | 'rowsSeen'> {
  const [judged, limit] = champion ? [difference, fairnessMargin] : [fresh, fairnessLimit];
  const outcome: Outcome = judged.lower > limit ? 'fail' : judged.upper <= limit ? 'pass' : 'inconclusive';
  const points = `${unsigned(limit)} points`;
  const lead = {
    fail: champion ? `is larger than the champion's by more than ${points}` : `is above ${points}`,
    pass: champion ? `is not larger than the champion's by more than ${points}` : `is not above ${points}`,
    inconclusive: `is not shown to be within ${points}${champion ? " of the champion's" : ''}`,
  }[outcome];
  const size = `${unsigned(fresh.value)} points (${describeInterval(fresh)})`;
  const against = champion ? ` against ${unsigned(old.value)} (${describeInterval(old)})` : '';
  const small = tooSmall > 0 ? `, ${formatCount(tooSmall)} too small` : '';
  return {
    outcome,
    reason: `${words} ${lead}: ${size}${against}, ${names.length} groups${small}`,
    effectSize: judged.value,
    interval: judged.interval,
  };
}

function describeInterval({ interval: { low, high, level } }: StatisticBounds): string {
  return `${Number((100 * level).toFixed(2))}% interval ${unsigned(Math.max(0, low))} to ${unsigned(high)}`;
}

function unsigned(value: number): string {
  return formatPoints(value).replace('+', '');
}

function open(column: string, { labels }: GateEvidence, why: string): Check {
  const reason = `fairness over ${column} can't be judged: ${why}`;
  return { name: `fairness:${column}`, outcome: 'inconclusive', reason, rowsSeen: labels.length };
}
