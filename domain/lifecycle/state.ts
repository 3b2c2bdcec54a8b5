import type { PolicyClock } from '../policy.ts';
import type { Policy } from '../project.ts';
import { noAliases, type Aliases } from './aliases.ts';
import { startOfClock } from './clock.ts';
import { neverFollowed, type FollowRecord, type Interrupted } from './following.ts';
import type { FollowProposal } from '../following/proposal.ts';
import { noExams, type ExamRecord } from './exams.ts';
import type { Gain } from './period.ts';
import type { Quarantined } from './quarantine.ts';
import type { Unremoved } from './removal.ts';
import type { RetrainMode, RetrainResult } from './results.ts';
import type { Signal } from './signals.ts';
import type { Switch, SwitchStep } from './switch.ts';

/** What the lifecycle is busy with; one thing at a time. */
export type Stage =
  | { readonly name: 'starting' }
  | { readonly name: 'serving' }
  | { readonly name: 'triaging'; readonly decisionId: string; readonly signals: readonly Signal[] }
  | {
      readonly name: 'retraining';
      readonly mode: RetrainMode;
      readonly decisionId: string;
      readonly signals: readonly Signal[];
      readonly trainingData: string | null;
    }
  | {
      readonly name: 'awaiting-approval';
      readonly decisionId: string;
      readonly subject: 'challenger' | 'probation' | 'canary';
      readonly version: string;
      readonly reason: string;
      readonly deadlineMs: number;
      /** The open canary, where it is the subject. */
      readonly plan?: Switch;
    }
  | { readonly name: 'switching'; readonly plan: Switch; readonly step: SwitchStep }
  | {
      readonly name: 'following';
      readonly decisionId: string;
      readonly proposal: FollowProposal;
      readonly during: Interrupted | null;
    }
  | { readonly name: 'probation'; readonly decisionId: string; readonly plan: Switch }
  | {
      readonly name: 'canary';
      readonly decisionId: string;
      readonly plan: Switch;
      /** Newest prediction that the step before was judged on; null at the first. */
      readonly afterId: string | null;
    };

/** A decision that has been taken, as operators see it. */
export interface DecisionSummary {
  readonly id: string;
  readonly kind: string;
  readonly atMs: number;
  readonly summary: string;
  /** Path of its report below the home directory, once that is written. */
  readonly report?: string;
}

export interface Pause {
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface LifecycleState {
  readonly model: string;
  readonly policy: Policy;
  readonly aliases: Aliases;
  readonly clock: PolicyClock;
  readonly stage: Stage;
  readonly paused: Pause | null;
  /** Signals that no run has answered yet. */
  readonly pending: readonly Signal[];
  /** Wall-clock time until which further signals may join; null when nothing waits. */
  readonly debounceUntilMs: number | null;
  /** The operator's own extract to train on in the next run; null: the store. */
  readonly trainingData: string | null;
  /** Clock readings at the starts of retrainings, newest last; as many as the budget looks at. */
  readonly retrainClocks: readonly PolicyClock[];
  /** What the newest gates found retraining to be worth. */
  readonly gains: readonly Gain[];
  /** Retrainings in a row that lost performance alone called for, and that brought no promotion. */
  readonly unhelpedCalls: number;
  /** What the gates so far have used up. */
  readonly exams: ExamRecord;
  /** Newest row that a gate has seen: later rows are fresh. */
  readonly lastKey: string | null;
  /** The newest challenger that was not promoted; an operator may override. */
  readonly turnedDown: { readonly version: string; readonly decisionId: string; readonly reason: string } | null;
  /** The challenger's result while it waits or is being promoted. */
  readonly result: RetrainResult | null;
  readonly lastPromotion: Switch | null;
  /** Newest prediction that the steps of the open canary were judged on. */
  readonly canaryAfterId: string | null;
  readonly rollbackClocks: readonly PolicyClock[];
  readonly rollbacksInARow: number;
  /** What was rolled back, newest last; some of it longer ago than a quarantine lasts. */
  readonly quarantined: readonly Quarantined[];
  readonly following: FollowRecord;
  readonly promotedFingerprint: string | null;
  readonly decisionCount: number;
  readonly totals: {
    readonly trainings: number;
    readonly promotions: number;
    readonly rollbacks: number;
    /** How often the champion's shares were moved after the labels. */
    readonly followed: number;
  };
  /** Newest last; the ledger has them all. */
  readonly recent: readonly DecisionSummary[];
  /** What a person should look at; null when all is well. */
  readonly attention: string | null;
  /** Versions whose files should be gone and could not be removed; null where there are none. */
  readonly unremoved: Unremoved | null;
}

export function initialState(model: string, policy: Policy): LifecycleState {
  return {
    model,
    policy,
    aliases: noAliases,
    clock: startOfClock,
    stage: { name: 'starting' },
    paused: null,
    pending: [],
    debounceUntilMs: null,
    trainingData: null,
    retrainClocks: [],
    gains: [],
    unhelpedCalls: 0,
    exams: noExams,
    lastKey: null,
    turnedDown: null,
    result: null,
    lastPromotion: null,
    canaryAfterId: null,
    rollbackClocks: [],
    rollbacksInARow: 0,
    quarantined: [],
    following: neverFollowed,
    promotedFingerprint: null,
    decisionCount: 0,
    totals: { trainings: 0, promotions: 0, rollbacks: 0, followed: 0 },
    recent: [],
    attention: null,
    unremoved: null,
  };
}
