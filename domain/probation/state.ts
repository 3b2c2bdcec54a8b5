import type { Task } from '../task.ts';
import { type BettingState, initialBetting } from './betting.ts';
import { initialMixtureBets, type MixtureBets } from './mixture-betting.ts';
import type { ProbationPolicy } from './policy.ts';
import { initialShiryaevRoberts, type ShiryaevRobertsState } from './shiryaev-roberts.ts';
import type { RiskTrack } from './validated-risk.ts';

/** The loss of both models on one labelled row, in prediction-time order. Classes: 0 right, 1 wrong. */
export interface LossPair {
  readonly newLoss: number;
  readonly oldLoss: number;
}

/** What ended the probation, at which label; it never changes again. */
export interface ProbationDecision {
  readonly outcome: 'confirmed' | 'rolled-back' | 'inconclusive';
  readonly by: 'sequential-test' | 'shiryaev-roberts' | 'non-inferiority' | 'horizon' | 'retraining';
  readonly atLabel: number;
}

/** All that is kept of the labels seen: a few dozen numbers, JSON-serialisable, whatever the number of labels. */
export interface ProbationState {
  readonly policy: ProbationPolicy;
  readonly task: Task;
  /** Losses are divided by this and clipped into [0, 1]; 1 for classes. */
  readonly lossScale: number;
  /** Labels of a block: a block's mean difference is one piece of evidence. */
  readonly blockLabels: number;
  /** The block that is being filled. */
  readonly block: { readonly labels: number; readonly harmSum: number };
  /** Whole blocks in which the new model did worse, and the old one. */
  readonly worseBlocks: number;
  readonly betterBlocks: number;
  readonly labels: number;
  readonly newLossSum: number;
  readonly oldLossSum: number;
  /** Rows that only the new model got wrong; for regression, on which its loss was the larger. */
  readonly onlyNewWorse: number;
  readonly onlyOldWorse: number;
  /** Bets that the new model is worse; decides for regression, label by label. */
  readonly againstNew: BettingState;
  /** The same with fixed bets; decides, with the signs of the blocks, where labels come in blocks. */
  readonly blockBets: MixtureBets;
  readonly decay: ShiryaevRobertsState;
  /** Bets that the new model is worse by less than the margin. */
  readonly forNew: BettingState;
  /** Whether the new model keeps what its holdout promised; null where that isn't known. */
  readonly validated: RiskTrack | null;
  /** Label at which the horizon ends, extensions included. */
  readonly horizonLabel: number;
  readonly extensions: number;
  readonly decision: ProbationDecision | null;
}

/**
 * The state before the first label. `lossScale` fixes in advance what counts as the largest loss of a regression model, e.g.
 * the 99% quantile of the predecessor's squared errors on the holdout: the test is valid for losses clipped there.
 * `foundBlockLabels` is what stands in for `auto` in the policy.
 */
export function initialProbation(
  policy: ProbationPolicy,
  task: Task,
  lossScale = 1,
  foundBlockLabels = 1,
): ProbationState {
  if (!(lossScale > 0) || !Number.isFinite(lossScale))
    throw new RangeError(`probation: lossScale must be a positive number, got ${lossScale}`);
  if (task !== 'regression' && lossScale !== 1)
    throw new RangeError(
      `probation: lossScale is for regression; 0/1 losses of a ${task} model have scale 1, got ${lossScale}`,
    );
  return {
    policy,
    task,
    lossScale,
    blockLabels: policy.blockLabels === 'auto' ? Math.max(1, foundBlockLabels) : policy.blockLabels,
    block: { labels: 0, harmSum: 0 },
    worseBlocks: 0,
    betterBlocks: 0,
    labels: 0,
    newLossSum: 0,
    oldLossSum: 0,
    onlyNewWorse: 0,
    onlyOldWorse: 0,
    againstNew: initialBetting,
    blockBets: initialMixtureBets,
    decay: initialShiryaevRoberts,
    forNew: initialBetting,
    validated: null,
    horizonLabel: policy.horizonLabels,
    extensions: 0,
    decision: null,
  };
}
