import { change, enter, keep, record, type Draft } from './draft.ts';
import { contendersOf, formatShareOfEntities, planCanary, planCanaryEnd, shareOfStep } from './canary.ts';
import { finishFollow, hearLater, interruptedBy, resume, takeHeard } from './following.ts';
import { quarantine } from './quarantine.ts';
import { isBreakerOpen } from './readiness.ts';
import type { ProbationResult } from './results.ts';
import { collect } from './retraining.ts';
import type { SignalKind } from './signals.ts';
import type { LifecycleState, Stage } from './state.ts';
import { planPromotion, planRollback, planUndo, stepAfter, type Switch, type SwitchStep } from './switch.ts';

const keptRollbacks = 20;
/** What was seen of the champion that is no more says nothing about the one that is. */
const aboutChampion: readonly SignalKind[] = [
  'prediction-drift',
  'performance-drift',
  'estimated-performance',
  'data-drift',
];

export function applyStepDone(state: LifecycleState, decisionId: string, step: SwitchStep, nowMs: number): Draft {
  const { stage } = state;
  if (stage.name !== 'switching' || stage.plan.decisionId !== decisionId || stage.step !== step) return keep(state);
  const next = stepAfter(stage.plan, step);
  if (next !== null) return enter(keep(state), { ...stage, step: next });
  return finish(state, stage.plan, nowMs);
}

/** A promotion that can't be completed is undone from wherever it stands; an undo or rollback that can't needs a person. */
export function applyStepFailed(
  state: LifecycleState,
  failed: { decisionId: string; step: SwitchStep; reason: string },
  nowMs: number,
): Draft {
  const { stage } = state;
  if (stage.name !== 'switching' || stage.plan.decisionId !== failed.decisionId || stage.step !== failed.step) {
    return keep(state);
  }
  const noted = record(keep(state), {
    id: `${failed.decisionId}/${failed.step}-failed`,
    kind: `${stage.plan.kind} step failed`,
    atMs: nowMs,
    summary: `${failed.step}: ${failed.reason}`,
    evidence: failed,
  });
  if (stage.plan.kind === 'promotion' || stage.plan.kind === 'canary' || stage.plan.kind === 'follow') {
    const plan = planUndo(stage.plan, `${failed.step} failed: ${failed.reason}`);
    return enter(noted, { name: 'switching', plan, step: 'record-intent' });
  }
  return stopForPerson(noted, `${stage.plan.kind} ${failed.step} failed: ${failed.reason}`, nowMs);
}

/** Some aliases may have moved and some not: what the registry says now is the truth, and a person must look at it. */
function stopForPerson(draft: Draft, reason: string, nowMs: number): Draft {
  const paused = { by: 'policy', reason, atMs: nowMs };
  return enter(change(draft, { paused, attention: reason }), { name: 'starting' });
}

function finish(state: LifecycleState, plan: Switch, nowMs: number): Draft {
  const isMoved = plan.before.champion !== plan.after.champion && plan.follow === undefined;
  const pending = state.pending.filter(({ kind }) => !isMoved || !aboutChampion.includes(kind));
  const noted = record(keep({ ...state, aliases: plan.after, pending }), {
    id: `${plan.decisionId}/done`,
    kind: plan.kind,
    atMs: nowMs,
    summary: `${describePlan(plan)}: ${plan.reason}`,
    evidence: plan,
  });
  if (plan.kind === 'promotion') return finishPromotion(noted, plan);
  if (plan.kind === 'canary') return watchCanary(noted, plan);
  if (plan.kind === 'rollback') return finishRollback(noted, plan, nowMs);
  if (plan.kind === 'follow') return backOnStage(finishFollow(noted, plan), nowMs);
  if (plan.follow !== undefined) return backOnStage(resume(noted, plan.follow.during), nowMs);
  const attention = `promotion undone: ${plan.reason}`;
  return enter(change(noted, { attention }), { name: 'serving' });
}

/** A probation that ended while shares were moved has its say now. */
export function backOnStage(draft: Draft, nowMs: number): Draft {
  const { state, result } = takeHeard(draft.state);
  if (result === null || state.stage.name !== 'probation') return { ...draft, state };
  const ended = applyProbation(state, state.stage.decisionId, result, nowMs);
  return { ...ended, commands: [...draft.commands, ...ended.commands] };
}

function finishPromotion(draft: Draft, plan: Switch): Draft {
  const { totals } = draft.state;
  const promoted = change(draft, {
    lastPromotion: plan,
    totals: { ...totals, promotions: totals.promotions + 1 },
  });
  if (plan.before.champion === null) return enter(promoted, { name: 'serving' });
  return enter(promoted, { name: 'probation', decisionId: plan.decisionId, plan });
}

function finishRollback(draft: Draft, plan: Switch, nowMs: number): Draft {
  const { state } = draft;
  const isCanary = plan.canary !== undefined;
  const rolledBack = change(draft, {
    quarantined: quarantine(state, isCanary ? plan.before.challenger : plan.before.champion, plan.reason),
    totals: { ...state.totals, rollbacks: state.totals.rollbacks + 1 },
    rollbackClocks: [...state.rollbackClocks, state.clock].slice(-keptRollbacks),
    rollbacksInARow: state.rollbacksInARow + 1,
    lastPromotion: isCanary ? state.lastPromotion : null,
    promotedFingerprint: null,
  });
  const open = isBreakerOpen(rolledBack.state);
  const reason = `${state.policy.rollback.maxRollbacks} rollbacks in a period: look at the data before you resume`;
  const paused = open ? { by: 'policy', reason, atMs: nowMs } : state.paused;
  return enter(change(rolledBack, { paused, attention: open ? reason : state.attention }), { name: 'serving' });
}

export function startRollback(draft: Draft, decisionId: string, reason: string, by: string): Draft {
  const plan = planRollback(draft.state.aliases, draft.state.lastPromotion, { decisionId, reason, by });
  return enter(draft, { name: 'switching', plan, step: 'record-intent' });
}

/** The step before was judged on the rows up to its result's `lastId`. */
function watchCanary(draft: Draft, plan: Switch): Draft {
  const afterId = plan.canary?.index === 0 ? null : draft.state.canaryAfterId;
  return enter(draft, { name: 'canary', decisionId: plan.decisionId, plan, afterId });
}

/** On to the next share, or to the promotion itself after the last. */
export function widenCanary(draft: Draft, opened: Switch, afterId: string | null): Draft {
  const { state } = draft;
  const { decisionId, index } = opened.canary!;
  const { incoming } = contendersOf(opened);
  const { reason, by } = opened;
  const share = shareOfStep(state.policy, index + 1);
  const known = change(draft, { canaryAfterId: afterId ?? state.canaryAfterId });
  if (share !== null) {
    const plan = planCanary(state.aliases, incoming!, { decisionId, index: index + 1, share }, { reason, by });
    return enter(known, { name: 'switching', plan, step: 'record-intent' });
  }
  const before = { ...state.aliases, challenger: null };
  const promotion = planPromotion(before, incoming!, { decisionId, reason, by });
  const plan = { ...promotion, canary: { decisionId, index, share: null } };
  return enter(change(known, { canaryAfterId: null }), { name: 'switching', plan, step: 'record-intent' });
}

export function endCanary(draft: Draft, opened: Switch, reason: string, by: string): Draft {
  const plan = planCanaryEnd(opened, `${opened.decisionId}-rollback`, reason, by);
  return enter(change(draft, { canaryAfterId: null }), { name: 'switching', plan, step: 'record-intent' });
}

export function applyProbation(
  state: LifecycleState,
  decisionId: string,
  result: ProbationResult,
  nowMs: number,
): Draft {
  const { stage } = state;
  if (interruptedBy(stage)?.decisionId === decisionId) return hearLater(state, decisionId, result);
  const isWatching = stage.name === 'probation' || stage.name === 'canary';
  if (!isWatching || stage.decisionId !== decisionId) return keep(state);
  const noted = record(keep(noteWorldChange(state, result, nowMs)), {
    id: `${decisionId}/${stage.name}`,
    kind: `${stage.name}: ${result.outcome}`,
    atMs: nowMs,
    summary: result.reason,
    evidence: result,
  });
  if (stage.name === 'canary') return applyCanaryResult(noted, stage, result, nowMs);
  if (result.outcome === 'rolled-back')
    return startRollback(noted, `${decisionId}-rollback`, result.reason, 'probation');
  if (result.outcome === 'confirmed') return confirm(noted);
  return enter(noted, {
    name: 'awaiting-approval',
    decisionId,
    subject: 'probation',
    version: stage.plan.after.champion ?? '',
    reason: result.reason,
    deadlineMs: nowMs + state.policy.approval.timeoutMs,
  });
}

function applyCanaryResult(
  draft: Draft,
  { decisionId, plan }: Extract<Stage, { name: 'canary' }>,
  { outcome, reason, lastId }: ProbationResult,
  nowMs: number,
): Draft {
  if (outcome === 'rolled-back') return endCanary(draft, plan, reason, 'canary');
  if (outcome === 'confirmed') return widenCanary(draft, plan, lastId ?? null);
  return enter(draft, {
    name: 'awaiting-approval',
    decisionId,
    subject: 'canary',
    version: plan.after.challenger ?? '',
    reason,
    deadlineMs: nowMs + draft.state.policy.approval.timeoutMs,
    plan,
  });
}

/** A harder world rolls nothing back; it is a reason to look at the model that serves. */
function noteWorldChange(state: LifecycleState, { worldChanged }: ProbationResult, nowMs: number): LifecycleState {
  // Histories from before it was told don't have it.
  if (!worldChanged) return state;
  const signal = { kind: 'performance-drift', reason: worldChanged, atMs: nowMs, sources: ['probation'] } as const;
  return collect(state, [signal], nowMs);
}

export function confirm(draft: Draft): Draft {
  return enter(change(draft, { rollbacksInARow: 0, attention: null }), { name: 'serving' });
}

export function describePlan(plan: Switch): string {
  const name = (version: string | null): string => (version === null ? 'nothing' : `version ${version}`);
  const share = plan.canary?.share ?? null;
  if (plan.kind === 'canary') {
    return `let ${name(plan.after.challenger)} answer ${formatShareOfEntities(share ?? 0)} of the entities (${name(plan.after.champion)} the others)`;
  }
  if (plan.kind === 'rollback' && plan.canary !== undefined) {
    return `took its share of the entities back from ${name(plan.before.challenger)} (${name(plan.after.champion)} answers all)`;
  }
  const verb = {
    promotion: 'promoted',
    follow: 'followed the labels with',
    rollback: 'rolled back to',
    undo: 'went back to',
  }[plan.kind];
  return `${verb} ${name(plan.after.champion)} (was ${name(plan.before.champion)})`;
}
