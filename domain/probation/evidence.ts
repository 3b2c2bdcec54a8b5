import { logMeanExp } from './log-space.ts';
import { logMixtureWealth } from './mixture-betting.ts';
import { logMcNemarEValue } from './sequential-mcnemar.ts';
import { logShiryaevRoberts } from './shiryaev-roberts.ts';
import type { ProbationState } from './state.ts';

/** Whether several labels make one piece of evidence. */
export function isBlocked({ blockLabels }: ProbationState): boolean {
  return blockLabels > 1;
}

/**
 * Log of the evidence that the new model is worse: sequential McNemar for classes, betting for regression. In blocks, the
 * mean of both (which is an e-value too): the sign of a block's mean says much where the mean itself is small, and the bets
 * see the rare block that costs a lot.
 */
export function logHarmEValue(state: ProbationState): number {
  const signs = logMcNemarEValue(state.worseBlocks, state.betterBlocks);
  if (isBlocked(state)) return logMeanExp([signs, logMixtureWealth(state.blockBets)]);
  return state.task === 'regression' ? state.againstNew.logWealth : signs;
}

/** The sequential test and the detector of a decay share α half and half. */
export function logHarmThreshold(state: ProbationState): number {
  return Math.log(2 / state.policy.alpha);
}

export function logDecayStatistic(state: ProbationState): number {
  return logShiryaevRoberts(state.decay);
}

/**
 * Rows or blocks for which the detector of a decay is guaranteed: discordant rows for classes, all that may be watched for
 * regression and for blocks.
 */
export function decayRowsLimit({ task, policy, blockLabels }: ProbationState): number {
  if (task !== 'regression' && blockLabels === 1) return policy.dMax;
  return Math.ceil((policy.horizonLabels + policy.maxExtensions * policy.extendLabels) / blockLabels);
}

export function logDecayThreshold(state: ProbationState): number {
  return Math.log(decayRowsLimit(state) / (state.policy.alpha / 2));
}

export function logNonInferiorityThreshold(state: ProbationState): number {
  return Math.log(1 / state.policy.alpha);
}

/** Mean loss of the new model minus that of the old one; 0 before the first label. */
export function meanHarm(state: ProbationState): number {
  return state.labels === 0 ? 0 : (state.newLossSum - state.oldLossSum) / state.labels;
}

/**
 * Whether the labels seen may confirm at the end of a horizon: enough of them, the new model no worse than the margin allows
 * as far as they show, and the evidence of harm less than half way (in logs) to a rollback.
 */
export function isUnsuspicious(state: ProbationState): boolean {
  return meanHarm(state) <= state.policy.margin && mayEndEarly(state);
}

/**
 * Whether a retraining need not wait for the rest of the horizon: enough labels, and less than half way (in logs) to a rollback. A loss that
 * seems larger than the predecessor's by more than the margin is no reason to wait: the next challenger is made of both models' networks, too.
 */
export function mayEndEarly(state: ProbationState): boolean {
  return state.labels >= state.policy.minLabels && logHarmEValue(state) < logHarmThreshold(state) / 2;
}
