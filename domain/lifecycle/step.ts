import { change, command, enter, keep, type Draft } from './draft.ts';
import type { LifecycleEvent } from './events.ts';
import type { Amount } from '../policy.ts';
import { describeAmount, hasElapsed } from './clock.ts';
import {
  applyApproval,
  applyDeadline,
  applyPause,
  applyPolicy,
  applyRejection,
  applyRelease,
  applyResume,
  applyRollbackRequest,
} from './operator.ts';
import { applyFollowed, applyFollowFailed, considerFollowing, interruptedBy } from './following.ts';
import { outstanding, stageKey } from './outstanding.ts';
import { periodLabels } from './period.ts';
import { isHeldBack, whyWaiting } from './readiness.ts';
import { applyRemoved, considerRemoval } from './removal.ts';
import { applyFailure, applyResult, applyTriage, collect, startTriage } from './retraining.ts';
import type { Signal, SignalKind } from './signals.ts';
import type { LifecycleState } from './state.ts';
import { applyProbation, applyStepDone, applyStepFailed, backOnStage } from './switching.ts';

/**
 * The rules of a model's life: what an event makes of the state, and the commands that follow. Pure: the workflow and
 * the backtest are shells around it, and "why?" is answered by replaying events. Events that don't fit the present
 * stage (late, or told twice) change nothing.
 */
export function step(state: LifecycleState, event: LifecycleEvent): Draft {
  const applied = apply(state, event);
  const settled = settle(applied, event.nowMs);
  const entered = stageKey(settled.state.stage) !== stageKey(state.stage);
  if (!entered || isResumed(state, settled.state)) return settled;
  return { ...settled, commands: [...settled.commands, ...outstanding(settled.state)] };
}

/** A probation went on while the champion's shares were moved: it is not started again. */
function isResumed({ stage: before }: LifecycleState, { stage }: LifecycleState): boolean {
  return stage.name === 'probation' && interruptedBy(before)?.decisionId === stage.decisionId;
}

function apply(state: LifecycleState, event: LifecycleEvent): Draft {
  const { nowMs } = event;
  switch (event.type) {
    case 'started':
      return start(state, event.aliases, nowMs);
    case 'observed':
      return observe(state, event);
    case 'retrainRequested':
      return requestRetraining(state, event);
    case 'triaged':
      return applyTriage(state, event.decisionId, event.triage, nowMs);
    case 'retrainFinished':
      return applyResult(state, event.decisionId, event.result, nowMs);
    case 'retrainFailed':
      return applyFailure(state, event.decisionId, event.reason, nowMs);
    case 'followed':
      return applyFollowed(state, event.decisionId, event.version);
    case 'followFailed':
      return backOnStage(applyFollowFailed(state, event.decisionId, event.reason, nowMs), nowMs);
    case 'versionsRemoved':
      return applyRemoved(state, event, nowMs);
    case 'approved':
      return applyApproval(state, event);
    case 'rejected':
      return applyRejection(state, event, nowMs);
    case 'stepDone':
      return applyStepDone(state, event.decisionId, event.step, nowMs);
    case 'stepFailed':
      return applyStepFailed(state, event, nowMs);
    case 'probationFinished':
      return applyProbation(state, event.decisionId, event.result, nowMs);
    case 'rollbackRequested':
      return applyRollbackRequest(state, event, nowMs);
    case 'pauseRequested':
      return applyPause(state, event, nowMs);
    case 'resumeRequested':
      return applyResume(state, event, nowMs);
    case 'releaseRequested':
      return applyRelease(state, event);
    case 'policySet':
      return applyPolicy(state, event);
    case 'reported':
      return noteReport(state, event.id, event.path);
    case 'timePassed':
      return applyDeadline(state, nowMs);
  }
}

function noteReport(state: LifecycleState, id: string, report: string): Draft {
  return keep({ ...state, recent: state.recent.map((one) => (one.id === id ? { ...one, report } : one)) });
}

function start(state: LifecycleState, aliases: LifecycleState['aliases'], nowMs: number): Draft {
  if (state.stage.name !== 'starting') return keep(state);
  const ready = enter(keep({ ...state, aliases }), { name: 'serving' });
  if (aliases.champion !== null) return ready;
  const first: Signal = { kind: 'manual', reason: 'there is no champion yet', atMs: nowMs };
  return change(ready, { pending: [...state.pending, first] });
}

/** The clocks move, signals join those that wait, and a probation looks at what has come. */
function observe(state: LifecycleState, event: Extract<LifecycleEvent, { type: 'observed' }>): Draft {
  const seen = keep(collect({ ...state, clock: event.clock }, [...event.signals, ...due(state, event)], event.nowMs));
  const { following, removable } = event;
  if (state.stage.name !== 'probation' && state.stage.name !== 'canary') {
    return considerRemoval(considerFollowing(seen, following), removable);
  }
  const isWaitedFor = seen.state.pending.some(({ kind }) => callsAtOnce(kind)) && !isHeldBack(seen.state);
  const looking = command(seen, { type: 'lookAgain', decisionId: state.stage.decisionId, isWaitedFor });
  return considerRemoval(considerFollowing(looking, following), removable);
}

/** Lost performance and a retraining that pays don't wait for a probation that has found nothing. */
function callsAtOnce(kind: SignalKind): boolean {
  return kind === 'performance-drift' || kind === 'schedule';
}

function requestRetraining(state: LifecycleState, event: Extract<LifecycleEvent, { type: 'retrainRequested' }>): Draft {
  const reason = `${event.by} asked: ${event.reason}`;
  const signal: Signal = { kind: 'manual', reason, atMs: event.nowMs, sources: [event.by] };
  const trainingData = event.trainingData ?? state.trainingData;
  return keep(collect({ ...state, trainingData }, [signal], event.nowMs));
}

/** A `schedule` signal when the policy's period has run out since the last retraining. */
function due(state: LifecycleState, event: Extract<LifecycleEvent, { type: 'observed' }>): readonly Signal[] {
  const every = periodOf(state);
  const last = state.retrainClocks.at(-1);
  if (every === null || last === undefined || !hasElapsed(every, last, event.clock)) return [];
  if (state.stage.name === 'retraining' || state.pending.some((signal) => signal.kind === 'schedule')) return [];
  return [
    { kind: 'schedule', reason: `${describeAmount(every)} have passed since the last retraining`, atMs: event.nowMs },
  ];
}

function periodOf(state: LifecycleState): Amount | null {
  const { every } = state.policy.retrain;
  return every === 'auto' ? { labels: periodLabels(state) } : every;
}

/** While serving, pending signals go to triage as soon as nothing stands in the way. */
function settle(draft: Draft, nowMs: number): Draft {
  const { state } = draft;
  if (state.stage.name !== 'serving' || state.pending.length === 0 || whyWaiting(state, nowMs) !== null) return draft;
  const started = startTriage(state, nowMs);
  return { ...started, commands: [...draft.commands, ...started.commands] };
}
