import type { FollowProposal } from '../following/proposal.ts';
import type { PolicyClock } from '../policy.ts';
import type { Policy } from '../project.ts';
import type { RemovableVersion } from '../retention/find-removable.ts';
import type { Aliases } from './aliases.ts';
import type { ExamRecord } from './exams.ts';
import type { Removed } from './removal.ts';
import type { ProbationResult, RetrainMode, RetrainResult, Triage } from './results.ts';
import type { Signal } from './signals.ts';
import type { Switch, SwitchStep } from './switch.ts';

/** Who asks, and why: both go into the ledger. */
export interface Request {
  readonly by: string;
  readonly reason: string;
}

type Happening =
  | { readonly type: 'started'; readonly aliases: Aliases }
  | {
      readonly type: 'observed';
      readonly clock: PolicyClock;
      readonly signals: readonly Signal[];
      /** The shares that the labels call for; null where the champion's are near enough. */
      readonly following: FollowProposal | null;
      /** Versions whose files the policy lets go. */
      readonly removable: readonly RemovableVersion[];
    }
  | ({ readonly type: 'versionsRemoved' } & Removed)
  /** The version with the shares that were called for is registered. */
  | { readonly type: 'followed'; readonly decisionId: string; readonly version: string }
  | { readonly type: 'followFailed'; readonly decisionId: string; readonly reason: string }
  | ({ readonly type: 'retrainRequested'; readonly trainingData: string | null } & Request)
  | { readonly type: 'triaged'; readonly decisionId: string; readonly triage: Triage }
  | { readonly type: 'retrainFinished'; readonly decisionId: string; readonly result: RetrainResult }
  | { readonly type: 'retrainFailed'; readonly decisionId: string; readonly reason: string }
  | ({ readonly type: 'approved'; readonly override: boolean } & Request)
  | ({ readonly type: 'rejected' } & Request)
  | { readonly type: 'stepDone'; readonly decisionId: string; readonly step: SwitchStep }
  | { readonly type: 'stepFailed'; readonly decisionId: string; readonly step: SwitchStep; readonly reason: string }
  | { readonly type: 'probationFinished'; readonly decisionId: string; readonly result: ProbationResult }
  | ({ readonly type: 'rollbackRequested' } & Request)
  | ({ readonly type: 'pauseRequested' } & Request)
  | ({ readonly type: 'resumeRequested' } & Request)
  | ({ readonly type: 'releaseRequested'; readonly version: string } & Request)
  | ({ readonly type: 'policySet'; readonly policy: Policy } & Request)
  /** A decision's report lies at this path below the home directory. */
  | { readonly type: 'reported'; readonly id: string; readonly path: string }
  | { readonly type: 'timePassed' };

/** What the reducer is told; `nowMs` is the workflow's clock. */
export type LifecycleEvent = Happening & { readonly nowMs: number };

export interface LedgerRecord {
  readonly id: string;
  readonly kind: string;
  readonly atMs: number;
  readonly summary: string;
  readonly evidence: unknown;
}

/** What the shell has to do; each can be repeated without harm. */
export type Command =
  | { readonly type: 'readAliases' }
  | { readonly type: 'triage'; readonly decisionId: string; readonly signals: readonly Signal[] }
  | {
      readonly type: 'startRetrain';
      readonly mode: RetrainMode;
      readonly decisionId: string;
      readonly signals: readonly Signal[];
      readonly trainingData: string | null;
      readonly freshAfterKey: string | null;
      /** Versions that were rolled back: the gate refuses what does the same. */
      readonly quarantined: readonly string[];
      readonly exams: ExamRecord;
    }
  | { readonly type: 'follow'; readonly decisionId: string; readonly proposal: FollowProposal }
  | { readonly type: 'runStep'; readonly plan: Switch; readonly step: SwitchStep }
  /** After a promotion, or a step of one: `afterId` is the newest prediction that was judged on before. */
  | {
      readonly type: 'startProbation';
      readonly decisionId: string;
      readonly plan: Switch;
      readonly afterId: string | null;
    }
  /** `isWaitedFor`: a retraining would start now were it not for this probation. */
  | { readonly type: 'lookAgain'; readonly decisionId: string; readonly isWaitedFor: boolean }
  | { readonly type: 'removeVersions'; readonly decisionId: string; readonly versions: readonly string[] }
  | { readonly type: 'cancelProbation'; readonly decisionId: string }
  | { readonly type: 'record'; readonly record: LedgerRecord };
