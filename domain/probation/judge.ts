import { formatCount, formatNumber, formatPoints, formatShare } from '../gate/wording.ts';
import type { Check } from '../verdict.ts';
import { checkDecay, checkHarm, checkNonInferiority } from './checks.ts';
import { isBlocked, isUnsuspicious, logHarmEValue, meanHarm } from './evidence.ts';
import { boundedExp } from './log-space.ts';
import type { ProbationDecision, ProbationState } from './state.ts';
import { checkPromise, describeWorldChange } from './validated-risk.ts';

export interface ProbationVerdict {
  /** `continue`: watch on. `inconclusive`: the horizon and its extensions are used up without enough evidence, ask a person. */
  readonly outcome: 'confirmed' | 'rolled-back' | 'continue' | 'inconclusive';
  readonly reason: string;
  readonly checks: readonly Check[];
  /** Both models have become worse than was validated: one sentence; null otherwise. It calls for a look, whatever the outcome. */
  readonly worldChanged: string | null;
}

/** Puts what the state holds into a verdict; the decision itself was made at the label that brought it about. */
export function judgeProbation(state: ProbationState): ProbationVerdict {
  const checks = [checkHarm(state), checkDecay(state), checkNonInferiority(state), checkPromise(state)];
  const outcome = state.decision?.outcome ?? 'continue';
  return { outcome, reason: explain(state), checks, worldChanged: describeWorldChange(state) };
}

function explain(state: ProbationState): string {
  const { decision } = state;
  if (!decision) return explainContinue(state);
  const at = `at label ${formatCount(decision.atLabel)}`;
  switch (decision.outcome) {
    case 'rolled-back':
      return `new champion is worse than its predecessor: ${describeLosses(state)}, ${describeAlarm(state, decision)} ${at}`;
    case 'confirmed':
      return `${describeConfirmation(state, decision)} ${at}: ${describeLosses(state)}`;
    case 'inconclusive':
      return `probation ended ${at} undecided: ${describeDoubt(state)}; a person must decide`;
  }
}

function describeConfirmation({ policy }: ProbationState, { by }: ProbationDecision): string {
  if (by === 'non-inferiority')
    return `new champion is shown to be worse by less than ${points(policy.margin)} points, if at all,`;
  return by === 'retraining'
    ? 'too little speaks against the new champion to hold up a retraining: its probation ended'
    : 'no evidence against the new champion when its probation ended';
}

function explainContinue(state: ProbationState): string {
  const left = formatCount(state.horizonLabel - state.labels);
  const extended = state.extensions > 0 ? ` (extended ${state.extensions} of ${state.policy.maxExtensions} times)` : '';
  if (state.labels === 0) return `no labels yet, at most ${left} to come${extended}`;
  return `undecided: ${describeLosses(state)}; at most ${left} labels to come${extended}`;
}

function describeLosses(state: ProbationState): string {
  const { labels, task, newLossSum, oldLossSum } = state;
  const what = task === 'regression' ? 'scaled loss' : 'error';
  const losses = `${what} ${formatShare(newLossSum / labels)} against ${formatShare(oldLossSum / labels)} over ${formatCount(labels)} labels`;
  return `${losses}, ${describeDiscordance(state)}`;
}

function describeDiscordance(state: ProbationState): string {
  const { onlyNewWorse, onlyOldWorse } = state;
  if (onlyNewWorse + onlyOldWorse === 0) return 'the two never differed';
  if (isBlocked(state)) {
    const { blockLabels, worseBlocks, betterBlocks } = state;
    return `worse in ${formatCount(worseBlocks)} and better in ${formatCount(betterBlocks)} blocks of ${formatCount(blockLabels)} labels`;
  }
  return `${formatCount(onlyNewWorse)} rows only the new one did worse and ${formatCount(onlyOldWorse)} only the old one`;
}

function describeAlarm(state: ProbationState, { by }: ProbationDecision): string {
  return by === 'shiryaev-roberts'
    ? 'a decay after a better start was detected'
    : `e-value ${formatNumber(boundedExp(logHarmEValue(state)))} reached ${formatNumber(2 / state.policy.alpha)}`;
}

function describeDoubt(state: ProbationState): string {
  const { labels, policy } = state;
  if (labels === 0) return 'no label ever arrived';
  if (labels < policy.minLabels)
    return `only ${formatCount(labels)} labels arrived, at least ${formatCount(policy.minLabels)} are needed`;
  const estimate = `${describeLosses(state)}, difference ${formatPoints(meanHarm(state))} points`;
  return `${isUnsuspicious(state) ? '' : 'too much speaks against the new champion to confirm it, too little to roll it back: '}${estimate}`;
}

function points(margin: number): string {
  return formatPoints(margin).replace('+', '');
}
