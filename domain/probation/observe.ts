import { stepBetting } from './betting.ts';
import {
  decayRowsLimit,
  isBlocked,
  isUnsuspicious,
  mayEndEarly,
  logDecayStatistic,
  logDecayThreshold,
  logHarmEValue,
  logHarmThreshold,
  logNonInferiorityThreshold,
} from './evidence.ts';
import { stepMixtureBets } from './mixture-betting.ts';
import { stepShiryaevRoberts } from './shiryaev-roberts.ts';
import type { LossPair, ProbationDecision, ProbationState } from './state.ts';
import { stepRiskTrack } from './validated-risk.ts';

/**
 * Takes in labelled rows in prediction-time order. Every label is looked at, so the result does not depend on how the rows were
 * batched; the first decision is kept with its label, and what comes later changes nothing.
 */
export function observePairs(state: ProbationState, pairs: readonly LossPair[]): ProbationState {
  let current = state;
  for (const [index, pair] of pairs.entries()) {
    if (current.decision) return current;
    assertLosses(current, pair, index);
    current = endHorizonIfReached(decide(countPair(current, pair)));
  }
  return current;
}

/**
 * Ends the running horizon before its labels have come, because another clock of the policy ran out: confirms if what was seen
 * is enough, else extends, else leaves it to a person.
 */
export function endHorizon(state: ProbationState): ProbationState {
  if (state.decision) return state;
  if (isUnsuspicious(state)) return withDecision(state, 'confirmed', 'horizon');
  if (state.extensions >= state.policy.maxExtensions) return withDecision(state, 'inconclusive', 'horizon');
  const horizonLabel = state.labels + state.policy.extendLabels;
  return { ...state, extensions: state.extensions + 1, horizonLabel };
}

/** Ends the probation because a retraining waits for it: confirms unless a rollback is near, or too few labels were seen; else watches on. */
export function endForRetraining(state: ProbationState): ProbationState {
  if (state.decision !== null || !mayEndEarly(state)) return state;
  return withDecision(state, 'confirmed', isUnsuspicious(state) ? 'horizon' : 'retraining');
}

function endHorizonIfReached(state: ProbationState): ProbationState {
  return state.labels >= state.horizonLabel ? endHorizon(state) : state;
}

function countPair(state: ProbationState, pair: LossPair): ProbationState {
  const newLoss = Math.min(pair.newLoss / state.lossScale, 1);
  const oldLoss = Math.min(pair.oldLoss / state.lossScale, 1);
  const harm = newLoss - oldLoss;
  const counted = {
    ...state,
    labels: state.labels + 1,
    newLossSum: state.newLossSum + newLoss,
    oldLossSum: state.oldLossSum + oldLoss,
    onlyNewWorse: state.onlyNewWorse + (harm > 0 ? 1 : 0),
    onlyOldWorse: state.onlyOldWorse + (harm < 0 ? 1 : 0),
    block: { labels: state.block.labels + 1, harmSum: state.block.harmSum + harm },
    validated: state.validated && stepRiskTrack(state.validated, newLoss, state.labels + 1),
  };
  return counted.block.labels < state.blockLabels ? counted : closeBlock(counted);
}

/** A whole block is one piece of evidence: its labels lean on each other, blocks much less so. */
function closeBlock(state: ProbationState): ProbationState {
  const harm = state.block.harmSum / state.blockLabels;
  const movesDecay = harm !== 0 && state.decay.rows < decayRowsLimit(state);
  return {
    ...state,
    block: { labels: 0, harmSum: 0 },
    worseBlocks: state.worseBlocks + (harm > 0 ? 1 : 0),
    betterBlocks: state.betterBlocks + (harm < 0 ? 1 : 0),
    againstNew: stepBetting(state.againstNew, harm),
    blockBets: isBlocked(state) ? stepMixtureBets(state.blockBets, harm) : state.blockBets,
    decay: movesDecay ? stepShiryaevRoberts(state.decay, isBlocked(state) ? Math.sign(harm) : harm) : state.decay,
    forNew: stepBetting(state.forNew, state.policy.margin - harm),
  };
}

/** Harm is looked for first: a row that would both roll back and confirm rolls back. */
function decide(state: ProbationState): ProbationState {
  if (logHarmEValue(state) >= logHarmThreshold(state)) return withDecision(state, 'rolled-back', 'sequential-test');
  if (logDecayStatistic(state) >= logDecayThreshold(state))
    return withDecision(state, 'rolled-back', 'shiryaev-roberts');
  const enoughLabels = state.labels >= state.policy.minLabels;
  if (enoughLabels && state.forNew.logWealth >= logNonInferiorityThreshold(state))
    return withDecision(state, 'confirmed', 'non-inferiority');
  return state;
}

function withDecision(
  state: ProbationState,
  outcome: ProbationDecision['outcome'],
  by: ProbationDecision['by'],
): ProbationState {
  return { ...state, decision: { outcome, by, atLabel: state.labels } };
}

function assertLosses(state: ProbationState, pair: LossPair, index: number): void {
  for (const name of ['newLoss', 'oldLoss'] as const) {
    const loss = pair[name];
    const valid = state.task === 'regression' ? Number.isFinite(loss) && loss >= 0 : loss === 0 || loss === 1;
    if (valid) continue;
    const right = state.task === 'regression' ? 'a finite number of at least 0' : '0 (right) or 1 (wrong)';
    throw new RangeError(
      `probation: ${name} of pair ${index} (label ${state.labels + 1}) must be ${right}, got ${loss}`,
    );
  }
}
