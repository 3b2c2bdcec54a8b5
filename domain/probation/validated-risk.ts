import { formatCount, formatNumber, formatShare } from '../gate/wording.ts';
import { initialRiskWatch, riskTolerance, watchRisk, type RiskWatch } from '../outcomes/absolute-risk.ts';
import type { HoldoutRisk } from '../outcomes/holdout-risk.ts';
import { fillBlocks, type LossBlocks } from '../outcomes/loss-blocks.ts';
import type { Check } from '../verdict.ts';
import { meanHarm } from './evidence.ts';
import type { ProbationState } from './state.ts';

/** The new model's live loss against what its holdout promised; plain JSON of a few numbers. */
export interface RiskTrack {
  /** The promised loss, in [0, 1], with its tolerance. */
  readonly limit: number;
  readonly blocks: LossBlocks;
  readonly watch: RiskWatch;
  /** The first alarm of the absolute-risk test. */
  readonly alarm: { readonly atLabel: number; readonly eValue: number } | null;
}

/** Has a probation that saw no label yet also watch what the holdout promised. */
export function expectRisk(state: ProbationState, holdout: HoldoutRisk): ProbationState {
  const blocks = { rows: Math.max(holdout.blockRows, state.blockLabels), sum: 0, count: 0 };
  const limit = holdout.upperBound + riskTolerance;
  return { ...state, validated: { limit, blocks, watch: initialRiskWatch, alarm: null } };
}

/** Takes in one loss of the new model, in [0, 1]. */
export function stepRiskTrack(track: RiskTrack, loss: number, atLabel: number): RiskTrack {
  if (track.alarm !== null) return track;
  const { blocks, means } = fillBlocks(track.blocks, [loss]);
  const { state, alarms } = watchRisk(track.watch, means, track.limit);
  const [first] = alarms;
  return { ...track, blocks, watch: state, alarm: first === undefined ? null : { atLabel, eValue: first.eValue } };
}

/**
 * Worse than validated, but the predecessor as bad on the same rows: the world has changed, which rolls nothing back and calls for
 * a look. One sentence with the figures, or null. As bad: the new model is worse by no more than the policy's margin.
 *
 * Example: promised at most .20, now .31, the predecessor .30, margin .01: the world has changed. The predecessor .20: it has not.
 */
export function describeWorldChange(state: ProbationState): string | null {
  const { validated, decision, policy, labels, oldLossSum } = state;
  const isHarmful = decision?.outcome === 'rolled-back' || meanHarm(state) > policy.margin;
  if (!validated?.alarm || isHarmful) return null;
  return `the world has changed: ${describeBroken(state, validated)}, and its predecessor's is ${formatShare(oldLossSum / labels)} on the same rows`;
}

/** Whether the new model keeps what its holdout promised. It decides nothing: a harder world breaks any promise. */
export function checkPromise(state: ProbationState): Check {
  const { validated, decision, labels } = state;
  const name = 'absolute-risk';
  if (validated === null) {
    return { name, outcome: 'inconclusive', reason: 'nothing is known of its loss on the holdout', rowsSeen: 0 };
  }
  if (validated.alarm !== null) {
    const { eValue } = validated.alarm;
    return { name, outcome: 'fail', reason: describeBroken(state, validated), eValue, rowsSeen: labels };
  }
  const reason = `nothing shows a loss above ${formatShare(validated.limit)}, which its holdout promised`;
  const outcome = decision?.outcome === 'confirmed' ? 'pass' : 'inconclusive';
  return { name, outcome, reason, eValue: Math.exp(validated.watch.logWealth), rowsSeen: labels };
}

function describeBroken({ task, newLossSum, labels }: ProbationState, { limit, alarm }: RiskTrack): string {
  const what = task === 'regression' ? 'scaled loss' : 'error';
  const seen = alarm === null ? '' : ` (e-value ${formatNumber(alarm.eValue)} at label ${formatCount(alarm.atLabel)})`;
  return `${what} ${formatShare(newLossSum / labels)} where its holdout promised at most ${formatShare(limit)}${seen}`;
}
