import type { PolicyClock } from '../policy.ts';
import type { Aliases } from './aliases.ts';
import { describeStage } from './describe.ts';
import { inQuarantine } from './quarantine.ts';
import type { LifecycleState, Pause } from './state.ts';

/** Where a model's life stands after an entry of the ledger: what its page shows without asking the workflow. Plain JSON. */
export interface Standing {
  readonly atMs: number;
  /** In words. */
  readonly stage: string;
  readonly aliases: Aliases;
  /** A question that only a person can answer. */
  readonly awaits: {
    readonly subject: 'challenger' | 'probation' | 'canary';
    readonly version: string;
    readonly reason: string;
    readonly deadlineMs: number;
  } | null;
  readonly paused: Pause | null;
  readonly attention: string | null;
  readonly turnedDown: { readonly version: string; readonly reason: string } | null;
  readonly quarantined: readonly string[];
  readonly clock: PolicyClock;
  readonly totals: LifecycleState['totals'];
}

/** @param atMs the workflow's clock */
export function standingOf(state: LifecycleState, atMs: number): Standing {
  const { stage, aliases, paused, attention, turnedDown, clock, totals } = state;
  return {
    atMs,
    stage: describeStage(stage),
    aliases,
    awaits:
      stage.name === 'awaiting-approval'
        ? { subject: stage.subject, version: stage.version, reason: stage.reason, deadlineMs: stage.deadlineMs }
        : null,
    paused,
    attention,
    turnedDown: turnedDown && { version: turnedDown.version, reason: turnedDown.reason },
    quarantined: inQuarantine(state).map(({ version }) => version),
    clock,
    totals,
  };
}
