import { countExam } from './exams.ts';
import { change, enter, keep, nextDecision, record, type Draft } from './draft.ts';
import { gainOf, keptGains, type Gain } from './period.ts';
import { repeats } from './quarantine.ts';
import { callsByPerformance } from './readiness.ts';
import type { RetrainMode, RetrainResult, Triage } from './results.ts';
import type { Signal } from './signals.ts';
import type { LifecycleState } from './state.ts';
import { planCanary, shareOfStep } from './canary.ts';
import { planPromotion } from './switch.ts';

const maxPending = 50;

/** Keeps all reasons, the newest of each kind and source first to stay when there are too many. */
export function collect(state: LifecycleState, signals: readonly Signal[], nowMs: number): LifecycleState {
  if (signals.length === 0) return state;
  const pending = [...state.pending, ...signals].slice(-maxPending);
  return { ...state, pending, debounceUntilMs: state.debounceUntilMs ?? nowMs + state.policy.retrain.debounceMs };
}

/** One run answers all pending signals. */
export function startTriage(state: LifecycleState, nowMs: number): Draft {
  const { draft, decisionId } = nextDecision(keep(state));
  const signals = state.pending;
  const cleared = change(draft, { pending: [], debounceUntilMs: null });
  const noted = record(cleared, {
    id: `${decisionId}/signals`,
    kind: 'signals',
    atMs: nowMs,
    summary: signals.map((signal) => `${signal.kind}: ${signal.reason}`).join('; '),
    evidence: signals,
  });
  return enter(noted, { name: 'triaging', decisionId, signals });
}

export function applyTriage(state: LifecycleState, decisionId: string, triage: Triage, nowMs: number): Draft {
  if (state.stage.name !== 'triaging' || state.stage.decisionId !== decisionId) return keep(state);
  const { signals } = state.stage;
  const noted = record(keep(state), {
    id: `${decisionId}/triage`,
    kind: `triage: ${triage.action}`,
    atMs: nowMs,
    summary: triage.reason,
    evidence: { signals, triage },
  });
  if (triage.action === 'retrain') return startRetraining(noted, decisionId, signals, 'train');
  if (triage.action === 'recalibrate') return startRetraining(noted, decisionId, signals, 'recalibrate');
  const attention = triage.action === 'fix-data' ? triage.reason : state.attention;
  return enter(change(noted, { attention }), { name: 'serving' });
}

/** A recalibration uses up a holdout, so it counts for cooldown and budget; it trains nothing. */
function startRetraining(draft: Draft, decisionId: string, signals: readonly Signal[], mode: RetrainMode): Draft {
  const { state } = draft;
  // Two at least: a gain is measured from one retraining to the next.
  const kept = Math.max(2, state.policy.retrain.budget.trainings + 1);
  const counted = change(draft, {
    retrainClocks: [...state.retrainClocks, state.clock].slice(-kept),
    totals: { ...state.totals, trainings: state.totals.trainings + (mode === 'train' ? 1 : 0) },
    trainingData: null,
    attention: null,
  });
  return enter(counted, { name: 'retraining', mode, decisionId, signals, trainingData: state.trainingData });
}

export function applyResult(state: LifecycleState, decisionId: string, result: RetrainResult, nowMs: number): Draft {
  if (state.stage.name !== 'retraining' || state.stage.decisionId !== decisionId) return keep(state);
  const noted = record(keep(state), {
    id: `${decisionId}/gate`,
    kind: `gate: ${result.outcome}`,
    atMs: nowMs,
    summary: result.reason,
    evidence: result,
  });
  const gains = [...state.gains, ...newGains(state, result)].slice(-keptGains);
  const known = change(noted, {
    lastKey: result.lastKey ?? state.lastKey,
    result,
    gains,
    unhelpedCalls: state.unhelpedCalls + (wasTriedFor(state.stage.signals, result) ? 1 : 0),
    exams: countExam(state, result),
  });
  if (result.outcome !== 'pass' || result.version === null) return turnDown(known, decisionId, result.reason);
  const repeated = repeats(state, result);
  if (repeated !== null) {
    const reason = `the same data and configurations gave version ${repeated}, which was rolled back before`;
    return turnDown(known, decisionId, reason);
  }
  if (state.policy.approval.mode === 'auto') return promote(known, decisionId, result.reason, 'policy');
  return enter(known, {
    name: 'awaiting-approval',
    decisionId,
    subject: 'challenger',
    version: result.version,
    reason: result.reason,
    deadlineMs: nowMs + state.policy.approval.timeoutMs,
  });
}

/** A run that was refused before any training has not tried to bring lost performance back. */
function wasTriedFor(signals: readonly Signal[], { outcome }: RetrainResult): boolean {
  return outcome !== 'blocked' && callsByPerformance(signals);
}

/** How far the challenger was ahead of a champion, and the labels since the retraining before; the first champion's gate tells neither. */
function newGains({ aliases, retrainClocks, clock }: LifecycleState, { checks }: RetrainResult): readonly Gain[] {
  const before = retrainClocks.at(-2);
  if (aliases.champion === null || before === undefined) return [];
  const gain = gainOf(checks, (retrainClocks.at(-1) ?? clock).labels - before.labels);
  return gain === null ? [] : [gain];
}

export function applyFailure(state: LifecycleState, decisionId: string, reason: string, nowMs: number): Draft {
  if (state.stage.name !== 'retraining' || state.stage.decisionId !== decisionId) return keep(state);
  const entry = { id: `${decisionId}/failed`, kind: 'retraining failed', atMs: nowMs, summary: reason, evidence: null };
  const attention = `retraining ${decisionId} failed: ${reason}`;
  return enter(change(record(keep(state), entry), { attention }), { name: 'serving' });
}

/** The champion stays; the challenger's version is kept so that an operator may override. */
export function turnDown(draft: Draft, decisionId: string, reason: string): Draft {
  const version = draft.state.result?.version ?? null;
  const turnedDown = version === null ? draft.state.turnedDown : { version, decisionId, reason };
  const attention =
    draft.state.aliases.champion === null ? `there is no champion yet: ${reason}` : draft.state.attention;
  return enter(change(draft, { turnedDown, attention }), { name: 'serving' });
}

export function promote(draft: Draft, decisionId: string, reason: string, by: string): Draft {
  const { state } = draft;
  const version = state.stage.name === 'awaiting-approval' ? state.stage.version : (state.result?.version ?? null);
  if (version === null) return draft;
  const decision = { decisionId, reason, by };
  const share = state.aliases.champion === null ? null : shareOfStep(state.policy, 0);
  const plan =
    share === null
      ? planPromotion(state.aliases, version, decision)
      : planCanary(state.aliases, version, { decisionId, index: 0, share }, decision);
  const promotedFingerprint = state.result?.version === version ? state.result.fingerprint : null;
  return enter(change(draft, { promotedFingerprint, unhelpedCalls: 0, turnedDown: null, attention: null }), {
    name: 'switching',
    plan,
    step: 'record-intent',
  });
}
