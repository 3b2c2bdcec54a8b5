import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ProbationProgress, ProjectRef } from '../activities/types.ts';
import type { FollowProposal } from '../domain/following/proposal.ts';
import type { Aliases } from '../domain/lifecycle/aliases.ts';
import type { Request } from '../domain/lifecycle/events.ts';
import type { ExamRecord } from '../domain/lifecycle/exams.ts';
import type { KeptPolicy } from '../domain/lifecycle/kept-state.ts';
import type { ProbationResult, RetrainMode, RetrainResult } from '../domain/lifecycle/results.ts';
import type { Signal } from '../domain/lifecycle/signals.ts';
import type { DecisionSummary, LifecycleState, Pause, Stage } from '../domain/lifecycle/state.ts';
import type { PolicyClock } from '../domain/policy.ts';
import type { Policy } from '../domain/project.ts';
import type { KeptVersion, RemovableVersion } from '../domain/retention/find-removable.ts';

/** Queue of lifecycle, retrain, probation and monitor, and of their short activities. */
export const controlQueue = 'control';
/** Queue of the activities that train: as many at a time as the worker has cores. */
export const trainingQueue = 'training';

/** Ids are business keys: one workflow each, whoever starts it. */
export const lifecycleId = (model: string): string => `lifecycle/${model}`;
export const retrainId = (decisionId: string): string => `retrain/${decisionId}`;
export const probationId = (decisionId: string): string => `probation/${decisionId}`;
export const monitorId = (model: string): string => `monitor/${model}`;

export type { ProjectRef } from '../activities/types.ts';

export interface LifecycleInput {
  readonly project: ProjectRef;
  readonly policy: Policy;
  /** The state that the run before left; absent at the very first. */
  readonly state?: LifecycleState;
}

export interface RetrainInput {
  readonly project: ProjectRef;
  readonly policy: Policy;
  readonly decisionId: string;
  readonly mode: RetrainMode;
  readonly reasons: readonly Signal[];
  /** Path of a labelled extract to train on instead of the store. The holdout is always the store's. */
  readonly trainingData: string | null;
  readonly freshAfterKey: string | null;
  readonly champion: string | null;
  /** Versions that were rolled back. */
  readonly quarantined: readonly string[];
  /** Absent in runs that an earlier release started. */
  readonly exams?: ExamRecord;
}

export interface ProbationInput {
  readonly project: ProjectRef;
  readonly policy: Policy;
  readonly decisionId: string;
  readonly champion: string;
  readonly previous: string;
  /** What was learned so far; null at the start. */
  readonly progress: ProbationProgress | null;
  /** Newest prediction that is left out; null or absent: none is. */
  readonly afterId?: string | null;
}

export interface MonitorInput {
  readonly project: ProjectRef;
}

/** What an operator sees of a model. */
export interface LifecycleStatus {
  readonly model: string;
  readonly stage: Stage;
  readonly aliases: Aliases;
  /** Why pending signals start nothing yet; null when nothing waits. */
  readonly waitingFor: string | null;
  readonly pending: readonly Signal[];
  readonly paused: Pause | null;
  /** What a person should look at. */
  readonly attention: string | null;
  readonly turnedDown: LifecycleState['turnedDown'];
  /** Rolled back: neither these versions nor what does the same is promoted for now. */
  readonly quarantined: readonly string[];
  readonly clock: PolicyClock;
  readonly totals: LifecycleState['totals'];
  readonly newest: DecisionSummary | null;
}

/** Sent by the monitor after every look, with or without a signal: the policy clocks move on it. */
export interface ObservedMessage {
  readonly clock: PolicyClock;
  readonly signals: readonly Signal[];
  /** The shares that the labels call for. @default null */
  readonly following?: FollowProposal | null;
  /** Versions whose files the policy lets go. @default none */
  readonly removable?: readonly RemovableVersion[];
}

export const observedSignal = defineSignal<[ObservedMessage]>('observed');
export const raiseSignalSignal = defineSignal<[{ readonly reason: string; readonly source: string }]>('raiseSignal');
export const retrainFinishedSignal =
  defineSignal<[{ readonly decisionId: string; readonly result: RetrainResult }]>('retrainFinished');
export const probationFinishedSignal =
  defineSignal<[{ readonly decisionId: string; readonly result: ProbationResult }]>('probationFinished');

export interface RetrainMessage extends Request {
  readonly trainingData?: string;
}
export interface ApproveMessage extends Request {
  /** Promote the newest challenger although it was turned down. */
  readonly override?: boolean;
}
export interface ReleaseMessage extends Request {
  /** The version to take out of quarantine. */
  readonly version: string;
}
export interface SetPolicyMessage extends Request {
  readonly policy: KeptPolicy;
}

/** Asks a probation to look at the labels that have come. */
/** `isWaitedFor`: the world has changed, and a retraining waits for the probation to end. */
export const lookSignal = defineSignal<[{ readonly isWaitedFor: boolean }?]>('look');
/** Answered by nothing: it fails where the workflow is gone, which is what the sender wants to know. */
export const pingSignal = defineSignal('ping');

export const retrainUpdate = defineUpdate<LifecycleStatus, [RetrainMessage]>('retrain');
export const approveUpdate = defineUpdate<LifecycleStatus, [ApproveMessage]>('approve');
export const rejectUpdate = defineUpdate<LifecycleStatus, [Request]>('reject');
export const pauseUpdate = defineUpdate<LifecycleStatus, [Request]>('pause');
export const resumeUpdate = defineUpdate<LifecycleStatus, [Request]>('resume');
export const rollbackUpdate = defineUpdate<LifecycleStatus, [Request]>('rollback');
export const releaseUpdate = defineUpdate<LifecycleStatus, [ReleaseMessage]>('release');
export const setPolicyUpdate = defineUpdate<LifecycleStatus, [SetPolicyMessage]>('setPolicy');

export const statusQuery = defineQuery<LifecycleStatus>('status');
export const historyQuery = defineQuery<readonly DecisionSummary[]>('history');
/** The policy in force. */
export const policyQuery = defineQuery<Policy>('policy');
/** Versions that keep their files because the model may still ask for them, each with the reason. */
export const neededVersionsQuery = defineQuery<readonly KeptVersion[]>('neededVersions');
/** Of a probation: how often it has looked, and what it has seen. */
export const progressQuery = defineQuery<{ readonly looks: number; readonly summary: string }>('progress');
