import { rowsNeeded, smallestVisibleEffect } from '../gate/rows-needed.ts';
import { formatCount, formatNumber, formatPoints } from '../gate/wording.ts';
import { normalQuantile } from '../math/normal.ts';
import type { Check, Interval, Outcome } from '../verdict.ts';
import {
  decayRowsLimit,
  isBlocked,
  logDecayStatistic,
  logDecayThreshold,
  logHarmEValue,
  logHarmThreshold,
  logNonInferiorityThreshold,
  meanHarm,
} from './evidence.ts';
import { boundedExp } from './log-space.ts';
import type { ProbationState } from './state.ts';

const power = 0.8;

/** The test that the new model is worse, over all labels; `effectSize` is loss(new) − loss(old), above 0 is harm. */
export function checkHarm(state: ProbationState): Check {
  const eValue = boundedExp(logHarmEValue(state));
  const threshold = boundedExp(logHarmThreshold(state));
  const name = isBlocked(state) ? 'sequential-blocks' : state.task === 'regression' ? 'betting' : 'sequential-mcnemar';
  return {
    name,
    outcome: gradeHarm(state, eValue >= threshold),
    reason: `e-value ${formatNumber(eValue)} for harm, a rollback takes ${formatNumber(threshold)}; ${describeCounts(state)}`,
    eValue,
    ...effect(state),
  };
}

/** The detector of a later decay. */
export function checkDecay(state: ProbationState): Check {
  const statistic = boundedExp(logDecayStatistic(state));
  const threshold = boundedExp(logDecayThreshold(state));
  const limit = decayRowsLimit(state);
  const spent = state.decay.rows >= limit ? `; spent after ${formatCount(limit)} rows` : '';
  return {
    name: 'shiryaev-roberts',
    outcome: gradeHarm(state, statistic >= threshold),
    reason: `statistic ${formatNumber(statistic)} for a decay, a rollback takes ${formatNumber(threshold)}${spent}`,
    statistic,
    rowsSeen: state.decay.rows,
  };
}

/** The mirrored test: that the new model is worse by less than the margin. */
export function checkNonInferiority(state: ProbationState): Check {
  const eValue = boundedExp(state.forNew.logWealth);
  const threshold = boundedExp(logNonInferiorityThreshold(state));
  const margin = formatPoints(state.policy.margin).replace('+', '');
  return {
    name: 'non-inferiority',
    outcome: state.decision?.outcome === 'rolled-back' ? 'fail' : eValue >= threshold ? 'pass' : 'inconclusive',
    reason: `e-value ${formatNumber(eValue)} for harm below ${margin} points, an early confirmation takes ${formatNumber(threshold)}`,
    eValue,
    ...effect(state),
  };
}

/** No alarm is a pass only once the probation was confirmed: until then it may just be too early. */
function gradeHarm({ decision }: ProbationState, alarmed: boolean): Outcome {
  if (alarmed) return 'fail';
  return decision?.outcome === 'confirmed' ? 'pass' : 'inconclusive';
}

function effect(
  state: ProbationState,
): Pick<Check, 'effectSize' | 'interval' | 'rowsSeen' | 'rowsNeeded' | 'smallestVisibleEffect'> {
  const { labels, policy } = state;
  if (labels === 0) return { rowsSeen: 0 };
  const discordantShare = Math.max(
    state.blockLabels * meanSquare(state),
    state.task === 'regression' ? 0 : policy.margin,
  );
  const design = { discordantShare, alpha: policy.alpha, power };
  return {
    effectSize: meanHarm(state),
    interval: interval(state),
    rowsSeen: labels,
    rowsNeeded: Math.max(policy.minLabels, rowsNeeded({ ...design, difference: policy.margin })),
    smallestVisibleEffect: smallestVisibleEffect({ ...design, rows: labels }),
  };
}

/** Mean square of the blocks' differences; a block's labels together tell as much as `blockLabels` times this per label. */
function meanSquare({ againstNew }: ProbationState): number {
  return againstNew.count === 0 ? 0 : againstNew.sumSquares / againstNew.count;
}

/** Normal interval of the mean difference at this label alone: to read, not to decide by. */
function interval(state: ProbationState): Interval {
  const { againstNew, policy } = state;
  const mean = meanHarm(state);
  const variance = Math.max(0, meanSquare(state) - mean * mean);
  const reach = normalQuantile(1 - policy.alpha / 2) * Math.sqrt(variance / Math.max(1, againstNew.count));
  return { low: mean - reach, high: mean + reach, level: 1 - policy.alpha };
}

function describeCounts(state: ProbationState): string {
  const { labels, onlyNewWorse, onlyOldWorse, worseBlocks, betterBlocks } = state;
  const discordant = onlyNewWorse + onlyOldWorse;
  if (isBlocked(state) && worseBlocks + betterBlocks > 0) {
    return `in blocks of ${formatCount(state.blockLabels)} labels it did worse in ${formatCount(worseBlocks)} and better in ${formatCount(betterBlocks)}`;
  }
  if (labels === 0) return 'no labels';
  if (discordant === 0) return `no row of ${formatCount(labels)} tells the two apart`;
  return `${formatCount(onlyNewWorse)} rows only the new one did worse, ${formatCount(onlyOldWorse)} only the old one, of ${formatCount(labels)}`;
}
