import type { FollowProposal } from '../following/proposal.ts';
import type { PolicyClock } from '../policy.ts';
import { hasElapsed } from './clock.ts';
import { change, enter, keep, nextDecision, record, type Draft } from './draft.ts';
import type { ProbationResult } from './results.ts';
import type { LifecycleState, Stage } from './state.ts';
import type { Switch } from './switch.ts';

/** What a model's life was busy with when its champion began to follow the labels: a probation goes on meanwhile. */
export interface Interrupted {
  readonly decisionId: string;
  readonly plan: Switch;
}

/** What became of a model's following so far. */
export interface FollowRecord {
  /** When shares were last to be moved; null before. */
  readonly last: PolicyClock | null;
  /** How a probation ended while shares were being moved. */
  readonly heard: { readonly decisionId: string; readonly result: ProbationResult } | null;
}

export const neverFollowed: FollowRecord = { last: null, heard: null };

/**
 * Moves the champion's shares where the labels call for it: while it serves or is on probation, when enough labels have come since the last
 * time, and for the champion that the labels are about. The rule is bounded, so no gate is asked (`domain/following`).
 */
export function considerFollowing(draft: Draft, proposal: FollowProposal | null): Draft {
  const { state } = draft;
  if (proposal === null || whyNotFollow(state, proposal) !== null) return draft;
  const { stage } = state;
  const during = stage.name === 'probation' ? { decisionId: stage.decisionId, plan: stage.plan } : null;
  const next = nextDecision(draft);
  const counted = change(next.draft, { following: { ...state.following, last: state.clock } });
  return enter(counted, { name: 'following', decisionId: next.decisionId, proposal, during });
}

function whyNotFollow(state: LifecycleState, { champion, isStopped }: FollowProposal): string | null {
  const { stage, policy, aliases, paused, clock } = state;
  if (paused !== null) return 'the model is paused';
  if (stage.name !== 'serving' && stage.name !== 'probation') return `the model is ${stage.name}`;
  if (aliases.champion !== champion) return `version ${champion} does not serve any more`;
  const { last } = state.following;
  if (isStopped || last === null) return null;
  return hasElapsed({ labels: policy.challenger.followLabels }, last, clock) ? null : 'too few labels have come';
}

/** The followed version is registered: it takes the champion's place, and `previous` stays what it is. */
export function applyFollowed(state: LifecycleState, decisionId: string, version: string): Draft {
  const { stage, aliases } = state;
  if (stage.name !== 'following' || stage.decisionId !== decisionId) return keep(state);
  const { proposal, during } = stage;
  const plan: Switch = {
    kind: 'follow',
    decisionId,
    before: aliases,
    after: { ...aliases, champion: version, challenger: null },
    reason: proposal.reason,
    by: 'policy',
    follow: { proposal, during },
  };
  return enter(keep(state), { name: 'switching', plan, step: 'record-intent' });
}

/** Nothing is lost: the champion serves as it is, and the next labels call again. */
export function applyFollowFailed(state: LifecycleState, decisionId: string, reason: string, nowMs: number): Draft {
  const { stage } = state;
  if (stage.name !== 'following' || stage.decisionId !== decisionId) return keep(state);
  const entry = { id: `${decisionId}/failed`, kind: 'following failed', atMs: nowMs, summary: reason, evidence: null };
  return resume(record(keep(state), entry), stage.during);
}

/** The moved champion is the one that was promoted: a rollback takes the same promotion back. */
export function finishFollow(draft: Draft, plan: Switch): Draft {
  const { lastPromotion, totals } = draft.state;
  const isPromoted = lastPromotion !== null && lastPromotion.after.champion === plan.before.champion;
  const moved = change(draft, {
    lastPromotion: isPromoted
      ? { ...lastPromotion, after: { ...lastPromotion.after, champion: plan.after.champion } }
      : lastPromotion,
    totals: { ...totals, followed: totals.followed + 1 },
  });
  return resume(moved, plan.follow?.during ?? null);
}

/** Back to what was going on. */
export function resume(draft: Draft, during: Interrupted | null): Draft {
  return enter(draft, during === null ? { name: 'serving' } : { name: 'probation', ...during });
}

/** The probation that goes on while shares are moved; null where none does. */
export function interruptedBy(stage: Stage): Interrupted | null {
  if (stage.name === 'following') return stage.during;
  return stage.name === 'switching' ? (stage.plan.follow?.during ?? null) : null;
}

/** A probation that ends meanwhile is heard when it is back on stage. */
export function hearLater(state: LifecycleState, decisionId: string, result: ProbationResult): Draft {
  return keep({ ...state, following: { ...state.following, heard: { decisionId, result } } });
}

/** What was heard of the probation that is back on stage, and the state that has heard it. */
export function takeHeard(state: LifecycleState): { state: LifecycleState; result: ProbationResult | null } {
  const { heard, last } = state.following;
  if (heard === null || state.stage.name !== 'probation') return { state, result: null };
  const isThis = heard.decisionId === state.stage.decisionId;
  return { state: { ...state, following: { last, heard: null } }, result: isThis ? heard.result : null };
}
