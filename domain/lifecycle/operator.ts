import { change, command, enter, keep, nextDecision, record, type Draft } from './draft.ts';
import type { LifecycleEvent, Request } from './events.ts';
import { inQuarantine } from './quarantine.ts';
import { promote, turnDown } from './retraining.ts';
import type { LifecycleState } from './state.ts';
import { confirm, endCanary, startRollback, widenCanary } from './switching.ts';

/** Why an operator's request can't be honoured now, in words that say what would be possible; null when it can. */
export type Refusal = string | null;

export function whyNotApprove(state: LifecycleState, override: boolean): Refusal {
  if (state.stage.name === 'awaiting-approval') return null;
  if (!override)
    return `nothing awaits approval: the model is ${state.stage.name}. To promote a challenger that was turned down, approve with override.`;
  if (state.turnedDown === null) return 'there is no challenger that was turned down to override';
  if (state.stage.name === 'serving') return null;
  return `a turned-down challenger can be promoted only while the model is serving; it is ${state.stage.name}`;
}

export function whyNotReject(state: LifecycleState): Refusal {
  return state.stage.name === 'awaiting-approval' ? null : `nothing awaits approval: the model is ${state.stage.name}`;
}

export function whyNotRollback(state: LifecycleState): Refusal {
  const { stage } = state;
  if (stage.name === 'canary' || (stage.name === 'awaiting-approval' && stage.subject === 'canary')) return null;
  if (state.aliases.previous === null) return 'there is no previous version to roll back to';
  if (state.stage.name === 'serving' || state.stage.name === 'probation') return null;
  if (state.stage.name === 'awaiting-approval' && state.stage.subject === 'probation') return null;
  return `a rollback can start while the model is serving or on probation; it is ${state.stage.name}`;
}

export function whyNotPause(state: LifecycleState): Refusal {
  return state.paused === null ? null : `already paused by ${state.paused.by}: ${state.paused.reason}`;
}

export function whyNotResume(state: LifecycleState): Refusal {
  return state.paused === null ? 'not paused' : null;
}

export function whyNotRelease(state: LifecycleState, version: string): Refusal {
  const held = inQuarantine(state).map((one) => one.version);
  if (held.includes(version)) return null;
  const known = held.length === 0 ? 'no version is' : `${held.join(', ')} ${held.length === 1 ? 'is' : 'are'}`;
  return `version ${version} is not in quarantine: ${known}`;
}

function note(draft: Draft, kind: string, request: Request, nowMs: number): Draft {
  const counted = nextDecision(draft);
  return record(counted.draft, {
    id: `${counted.decisionId}/${kind}`,
    kind,
    atMs: nowMs,
    summary: `${kind} by ${request.by}: ${request.reason}`,
    evidence: request,
  });
}

type Asked<T extends LifecycleEvent['type']> = Extract<LifecycleEvent, { type: T }>;

export function applyApproval(state: LifecycleState, event: Asked<'approved'>): Draft {
  if (whyNotApprove(state, event.override) !== null) return keep(state);
  const kind = event.override ? 'approve with override' : 'approve';
  const noted = note(keep(state), kind, event, event.nowMs);
  const words = `${kind} by ${event.by}: ${event.reason}`;
  const { stage } = state;
  if (stage.name === 'awaiting-approval') {
    if (stage.subject === 'probation') return confirm(noted);
    if (stage.subject === 'canary') return widenCanary(noted, stage.plan!, null);
    return promote(noted, stage.decisionId, words, event.by);
  }
  return promoteTurnedDown(noted, words, event.by);
}

/** An override gets a decision id of its own: the run that was turned down keeps its record. */
function promoteTurnedDown(draft: Draft, reason: string, by: string): Draft {
  const { turnedDown } = draft.state;
  if (turnedDown === null || draft.state.result?.version !== turnedDown.version) return draft;
  return promote(draft, `${turnedDown.decisionId}-override`, reason, by);
}

export function applyRejection(state: LifecycleState, request: Request, nowMs: number): Draft {
  const { stage } = state;
  if (stage.name !== 'awaiting-approval') return keep(state);
  const noted = note(keep(state), 'reject', request, nowMs);
  if (stage.subject === 'challenger')
    return turnDown(noted, stage.decisionId, `rejected by ${request.by}: ${request.reason}`);
  if (stage.subject === 'canary') return endCanary(noted, stage.plan!, request.reason, request.by);
  return startRollback(noted, `${stage.decisionId}-rollback`, request.reason, request.by);
}

export function applyRollbackRequest(state: LifecycleState, request: Request, nowMs: number): Draft {
  if (whyNotRollback(state) !== null) return keep(state);
  const counted = nextDecision(note(keep(state), 'rollback', request, nowMs));
  const { stage } = state;
  const stopped =
    stage.name === 'probation' || stage.name === 'canary'
      ? command(counted.draft, { type: 'cancelProbation', decisionId: stage.decisionId })
      : counted.draft;
  const opened = stage.name === 'canary' || stage.name === 'awaiting-approval' ? stage.plan : undefined;
  if (opened?.kind === 'canary') return endCanary(stopped, opened, request.reason, request.by);
  return startRollback(stopped, counted.decisionId, request.reason, request.by);
}

export function applyPause(state: LifecycleState, request: Request, nowMs: number): Draft {
  if (whyNotPause(state) !== null) return keep(state);
  const { by, reason } = request;
  return change(note(keep(state), 'pause', request, nowMs), { paused: { by, reason, atMs: nowMs } });
}

export function applyResume(state: LifecycleState, request: Request, nowMs: number): Draft {
  if (whyNotResume(state) !== null) return keep(state);
  return change(note(keep(state), 'resume', request, nowMs), { paused: null, attention: null, rollbackClocks: [] });
}

/** A person answers for it: what does the same may be promoted from now on. */
export function applyRelease(state: LifecycleState, event: Asked<'releaseRequested'>): Draft {
  const { by, reason, version, nowMs } = event;
  if (whyNotRelease(state, version) !== null) return keep(state);
  const noted = note(keep(state), 'release', { by, reason: `version ${version}: ${reason}` }, nowMs);
  return change(noted, { quarantined: state.quarantined.filter((one) => one.version !== version) });
}

/** The ledger's newest entry of this kind is where the monitor finds the policy in force. */
export const policyEntryKind = 'set policy';

export function applyPolicy(state: LifecycleState, event: Asked<'policySet'>): Draft {
  const { by, reason, policy, nowMs } = event;
  const counted = nextDecision(keep({ ...state, policy }));
  const id = `${counted.decisionId}/policy`;
  const summary = `${policyEntryKind} by ${by}: ${reason}`;
  return record(counted.draft, { id, kind: policyEntryKind, atMs: nowMs, summary, evidence: policy });
}

/** The deadline of an approval has passed. */
export function applyDeadline(state: LifecycleState, nowMs: number): Draft {
  const { stage, policy } = state;
  if (stage.name !== 'awaiting-approval' || nowMs < stage.deadlineMs) return keep(state);
  const request = { by: 'policy', reason: 'nobody answered in time' };
  const noted = note(keep(state), `approval timed out: ${policy.approval.onTimeout}`, request, nowMs);
  if (stage.subject === 'probation') return keepUnconfirmed(noted, stage.reason);
  if (stage.subject === 'canary') return endCanary(noted, stage.plan!, `${request.reason}: ${stage.reason}`, 'policy');
  if (policy.approval.onTimeout === 'approve') return promote(noted, stage.decisionId, request.reason, 'policy');
  return turnDown(noted, stage.decisionId, request.reason);
}

/** Silence is never success: the champion goes on serving, and the operator goes on being told. */
function keepUnconfirmed(draft: Draft, reason: string): Draft {
  return enter(change(draft, { attention: `the champion was never confirmed: ${reason}` }), { name: 'serving' });
}
