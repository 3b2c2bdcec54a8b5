import { describeAmount, describeRemaining, hasElapsed, multiply } from './clock.ts';
import { labelsForEvidence } from './period.ts';
import { isAskedFor, type Signal, type SignalKind } from './signals.ts';
import type { LifecycleState } from './state.ts';

/** A complaint that no retraining has cured so far is heard at most this many doublings later. */
const mostDoublings = 5;

/**
 * The cooldown, grown by the back-off after rollbacks and, where only lost performance calls, after retrainings that did not bring it back. The first
 * of them counts for nothing: right after a change most of its rows are older than that.
 */
function cooldown(state: LifecycleState) {
  const { retrain, rollback } = state.policy;
  const unhelped = callsByPerformance(state.pending) ? state.unhelpedCalls : 0;
  const doublings = Math.min(Math.max(0, unhelped - 1), mostDoublings);
  return multiply(retrain.cooldown, rollback.backoffFactor ** state.rollbacksInARow * 2 ** doublings);
}

/** Lost performance is what calls, and nobody else does. */
export function callsByPerformance(signals: readonly Signal[]): boolean {
  const others: readonly SignalKind[] = ['schedule', 'manual', 'external'];
  return signals.some(({ kind }) => kind === 'performance-drift') && !signals.some(({ kind }) => others.includes(kind));
}

function waitsForNothing(state: LifecycleState): boolean {
  return state.aliases.champion === null || isAskedFor(state.pending);
}

/**
 * Why the pending signals don't start a retraining now, in words; null when they may. A person who asks, and a model
 * without a champion, wait for nothing but a pause.
 */
export function whyWaiting(state: LifecycleState, nowMs: number): string | null {
  if (state.paused !== null) return `paused by ${state.paused.by}: ${state.paused.reason}`;
  if (waitsForNothing(state)) return null;
  if (state.debounceUntilMs !== null && nowMs < state.debounceUntilMs) return 'waiting for further signals to join';
  return whyNotYet(state);
}

/** Whether a pause, the cooldown, too few labels or the budget would hold a retraining back, whatever the signals. */
export function isHeldBack(state: LifecycleState): boolean {
  return state.paused !== null || whyNotYet(state) !== null;
}

function whyNotYet(state: LifecycleState): string | null {
  const { clock, retrainClocks, policy } = state;
  const last = retrainClocks.at(-1);
  if (last === undefined) return null;
  if (!hasElapsed(cooldown(state), last, clock)) {
    return `cooling down: ${describeRemaining(cooldown(state), last, clock)} left since the last retraining`;
  }
  const fresh = { labels: labelsForEvidence(state) };
  if (!hasElapsed(fresh, last, clock)) return `waiting for ${describeRemaining(fresh, last, clock)} more`;
  const { trainings, per } = policy.retrain.budget;
  const spent = retrainClocks.filter((at) => !hasElapsed(per, at, clock)).length;
  if (spent >= trainings) return `the budget of ${trainings} retrainings per ${describeAmount(per)} is spent`;
  return null;
}

/** True when the breaker opens: too many rollbacks within the policy's period. */
export function isBreakerOpen(state: LifecycleState): boolean {
  const { maxRollbacks, per } = state.policy.rollback;
  return state.rollbackClocks.filter((at) => !hasElapsed(per, at, state.clock)).length >= maxRollbacks;
}

/** Wall-clock time at which the state changes without an event; null when it waits for none. */
export function nextDeadlineMs(state: LifecycleState): number | null {
  if (state.stage.name === 'awaiting-approval') return state.stage.deadlineMs;
  if (state.stage.name === 'serving' && state.pending.length > 0) return state.debounceUntilMs;
  return null;
}
