import { ApplicationFailure, log, setHandler } from '@temporalio/workflow';
import type { Request } from '../domain/lifecycle/events.ts';
import { completePolicy } from '../domain/lifecycle/kept-state.ts';
import {
  whyNotApprove,
  whyNotPause,
  whyNotReject,
  whyNotRelease,
  whyNotResume,
  whyNotRollback,
  type Refusal,
} from '../domain/lifecycle/operator.ts';
import { inQuarantine } from '../domain/lifecycle/quarantine.ts';
import { whyWaiting } from '../domain/lifecycle/readiness.ts';
import { neededVersions } from '../domain/lifecycle/removal.ts';
import type { LifecycleState } from '../domain/lifecycle/state.ts';
import type { Lifecycle } from './lifecycle.ts';
import {
  approveUpdate,
  historyQuery,
  neededVersionsQuery,
  observedSignal,
  pauseUpdate,
  policyQuery,
  probationFinishedSignal,
  raiseSignalSignal,
  rejectUpdate,
  releaseUpdate,
  resumeUpdate,
  retrainFinishedSignal,
  retrainUpdate,
  rollbackUpdate,
  setPolicyUpdate,
  statusQuery,
  type LifecycleStatus,
} from './messages.ts';

/** Type of the failure that a refused update carries; clients tell it from a broken connection by this. */
const refused = 'RequestRefused';

function refuseUnless(refusal: Refusal): void {
  if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal, refused);
}

/** Every request says who asks and why; the Web UI lets people type anything. */
function checkRequest(request: Partial<Request> | undefined): void {
  for (const field of ['by', 'reason'] as const) {
    const value: unknown = request?.[field];
    if (typeof value !== 'string' || value.trim() === '') {
      refuseUnless(`"${field}" must be a non-empty text: send {"by": "your name", "reason": "why"}`);
    }
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeStatus(state: LifecycleState): LifecycleStatus {
  const { model, stage, aliases, pending, paused, attention, turnedDown, clock, totals, recent } = state;
  const waitingFor = pending.length > 0 ? whyWaiting(state, Date.now()) : null;
  const newest = recent.at(-1) ?? null;
  const quarantined = inQuarantine(state).map(({ version }) => version);
  return {
    model,
    stage,
    aliases,
    waitingFor,
    pending,
    paused,
    attention,
    turnedDown,
    quarantined,
    clock,
    totals,
    newest,
  };
}

/** Registers everything that a lifecycle can be sent; before the first await, so that nothing is missed. */
export function handleMessages(lifecycle: Lifecycle): void {
  handleQueries(lifecycle);
  handleSignals(lifecycle);
  handleUpdates(lifecycle);
}

function handleQueries({ state }: Lifecycle): void {
  setHandler(statusQuery, () => describeStatus(state()), { description: 'What the model is doing, and why' });
  setHandler(historyQuery, () => state().recent, { description: 'The newest decisions, oldest first' });
  setHandler(policyQuery, () => state().policy, { description: 'The policy in force' });
  setHandler(neededVersionsQuery, () => neededVersions(state()), { description: 'Versions that keep their files' });
}

/** Signals never throw: a malformed one is dropped with a warning. */
function handleSignals({ tell }: Lifecycle): void {
  setHandler(observedSignal, (message) => {
    if (typeof message?.clock?.rows !== 'number' || !Array.isArray(message.signals)) {
      log.warn('dropped a malformed "observed" signal');
      return;
    }
    const { clock, signals, following = null, removable = [] } = message;
    tell({ type: 'observed', nowMs: Date.now(), clock, signals, following, removable });
  });
  setHandler(retrainFinishedSignal, (message) => tell({ type: 'retrainFinished', nowMs: Date.now(), ...message }));
  setHandler(probationFinishedSignal, (message) => tell({ type: 'probationFinished', nowMs: Date.now(), ...message }));
}

function handleExternal({ state, tell }: Lifecycle): void {
  setHandler(
    raiseSignalSignal,
    (message) => {
      const reason = message?.reason ?? 'no reason given';
      const signal = { kind: 'external', reason, atMs: Date.now(), sources: [message?.source ?? 'unknown'] } as const;
      tell({
        type: 'observed',
        nowMs: Date.now(),
        clock: state().clock,
        signals: [signal],
        following: null,
        removable: [],
      });
    },
    { description: 'A reason to look at the model: {"reason": "…", "source": "…"}' },
  );
}

function handleUpdates(lifecycle: Lifecycle): void {
  const { state, tell } = lifecycle;
  handleExternal(lifecycle);
  const answer = (): LifecycleStatus => describeStatus(state());
  setHandler(
    retrainUpdate,
    ({ by, reason, trainingData = null }) => {
      tell({ type: 'retrainRequested', nowMs: Date.now(), by, reason, trainingData });
      return answer();
    },
    {
      validator: checkRequest,
      description: 'Retrain now: {"by", "reason", "trainingData"?: path of a labelled extract}',
    },
  );
  setHandler(
    approveUpdate,
    ({ by, reason, override = false }) => {
      tell({ type: 'approved', nowMs: Date.now(), by, reason, override });
      return answer();
    },
    {
      validator: (request) => {
        checkRequest(request);
        refuseUnless(whyNotApprove(state(), request.override ?? false));
      },
      description:
        'Promote what awaits approval: {"by", "reason", "override"?: promote a challenger that was turned down}',
    },
  );
  handlePlainUpdate(lifecycle, rejectUpdate, 'rejected', whyNotReject, 'Turn down what awaits approval');
  handlePlainUpdate(lifecycle, pauseUpdate, 'pauseRequested', whyNotPause, 'Start no retraining until resumed');
  handlePlainUpdate(lifecycle, resumeUpdate, 'resumeRequested', whyNotResume, 'Go on after a pause');
  handlePlainUpdate(lifecycle, rollbackUpdate, 'rollbackRequested', whyNotRollback, 'Put the previous version back');
  handleRelease(lifecycle);
  setHandler(
    setPolicyUpdate,
    ({ by, reason, policy }) => {
      tell({ type: 'policySet', nowMs: Date.now(), by, reason, policy: completePolicy(policy) });
      return answer();
    },
    {
      validator: (request) => {
        checkRequest(request);
        refuseUnless(isRecord(request.policy) ? null : '"policy" must be an object with the parts of a policy');
      },
      description: 'Replace the policy: {"by", "reason", "policy"}; what it leaves out is as in a new project',
    },
  );
}

function handleRelease({ state, tell }: Lifecycle): void {
  setHandler(
    releaseUpdate,
    ({ by, reason, version }) => {
      tell({ type: 'releaseRequested', nowMs: Date.now(), by, reason, version });
      return describeStatus(state());
    },
    {
      validator: (request) => {
        checkRequest(request);
        refuseUnless(whyNotRelease(state(), request.version));
      },
      description: 'Let what does the same as a rolled-back version be promoted again: {"by", "reason", "version"}',
    },
  );
}

/** An update that carries nothing but who and why. */
function handlePlainUpdate(
  { state, tell }: Lifecycle,
  update: typeof rejectUpdate,
  type: 'rejected' | 'pauseRequested' | 'resumeRequested' | 'rollbackRequested',
  whyNot: (state: LifecycleState) => Refusal,
  description: string,
): void {
  setHandler(
    update,
    ({ by, reason }) => {
      tell({ type, nowMs: Date.now(), by, reason });
      return describeStatus(state());
    },
    {
      validator: (request) => {
        checkRequest(request);
        refuseUnless(whyNot(state()));
      },
      description: `${description}: {"by", "reason"}`,
    },
  );
}
