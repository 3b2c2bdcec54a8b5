import type { Candidate, TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type { FollowProposal } from '../domain/following/proposal.ts';
import type { FollowState } from '../domain/following/follow.ts';
import type { Aliases } from '../domain/lifecycle/aliases.ts';
import type { ExamRecord } from '../domain/lifecycle/exams.ts';
import type { LedgerRecord } from '../domain/lifecycle/events.ts';
import type { Removed } from '../domain/lifecycle/removal.ts';
import type { RetrainMode, RetrainResult, Triage } from '../domain/lifecycle/results.ts';
import type { Signal } from '../domain/lifecycle/signals.ts';
import type { Standing } from '../domain/lifecycle/standing.ts';
import type { Switch, SwitchStep } from '../domain/lifecycle/switch.ts';
import type { LossWatch } from '../domain/outcomes/watch-losses.ts';
import type { PolicyClock } from '../domain/policy.ts';
import type { ProbationState } from '../domain/probation/state.ts';
import type { ProbationVerdict } from '../domain/probation/judge.ts';
import type { Policy } from '../domain/project.ts';
import type { RemovableVersion } from '../domain/retention/find-removable.ts';
import type { Rung, RungVerdict, SearchAccount } from '../domain/search/successive-halving.ts';

/** Where a model's project is, as activities load it. */
export interface ProjectRef {
  readonly model: string;
  /** Absolute path of the project's folder on the workers. */
  readonly directory: string;
}

export interface TriageRequest {
  readonly project: ProjectRef;
  readonly policy: Policy;
  readonly champion: string | null;
  readonly signals: readonly Signal[];
  /** Of the run that a training would be: its snapshot is begun at once. Absent where nothing is to be begun. */
  readonly run?: Pick<SnapshotRequest, 'decisionId' | 'trainingData' | 'freshAfterKey'>;
}

export interface SnapshotRequest {
  readonly project: ProjectRef;
  readonly decisionId: string;
  readonly policy: Policy;
  readonly mode: RetrainMode;
  /** A person asked, who overrules doubts about the data. */
  readonly isAskedFor: boolean;
  /** Path of a labelled extract to train on instead of the store; the holdout is always the store's. */
  readonly trainingData: string | null;
  readonly freshAfterKey: string | null;
  readonly champion: string | null;
}

export type SnapshotTaken =
  | { readonly outcome: 'blocked'; readonly reason: string }
  | {
      readonly outcome: 'taken';
      readonly snapshotId: string;
      readonly lastKey: string;
      readonly fingerprint: string;
      readonly candidates: readonly Candidate[];
      /** When candidates are compared on the way; absent in runs that an earlier release started. */
      readonly rungs?: readonly Rung[];
      readonly summary: string;
    };

export interface TrainingRequest {
  readonly project: ProjectRef;
  readonly policy: Policy;
  readonly decisionId: string;
  readonly snapshotId: string;
  readonly candidate: Candidate;
  /** Train once more for so many epochs, on all rows of the snapshot; null trains on the training part, and stops early. */
  readonly refit: { readonly epochs: number } | null;
  /** Stop after this epoch, to be compared; null or absent trains to the end. */
  readonly untilEpoch?: number | null;
  /** Checkpoint of an interrupted training that this one continues. */
  readonly resumeFrom?: string | null;
}

export interface RungRequest {
  readonly project: ProjectRef;
  readonly decisionId: string;
  readonly rung: Rung;
  /** Those that were not stopped before, as far as they came. */
  readonly trained: readonly TrainedCandidate[];
}

export interface BlendRequest {
  readonly project: ProjectRef;
  readonly policy: Policy;
  readonly decisionId: string;
  readonly snapshotId: string;
  readonly trained: readonly TrainedCandidate[];
}

export interface RefitRequest {
  readonly project: ProjectRef;
  readonly policy: Policy;
  readonly decisionId: string;
  /** What passed the gate. */
  readonly examined: RetrainResult;
  readonly refits: readonly TrainedCandidate[];
}

export interface GateRequest {
  readonly project: ProjectRef;
  readonly policy: Policy;
  readonly decisionId: string;
  readonly snapshotId: string;
  readonly fingerprint: string;
  readonly champion: string | null;
  /** Versions that were rolled back. */
  readonly quarantined: readonly string[];
  readonly trained: readonly TrainedCandidate[];
  /** Which of them were stopped on the way, and what was saved; null where nobody was compared. */
  readonly search?: SearchAccount | null;
  /** What earlier gates of this model have used up. */
  readonly exams: ExamRecord;
}

export interface StepRequest {
  readonly project: ProjectRef;
  readonly policy: Policy;
  readonly plan: Switch;
  readonly step: SwitchStep;
}

/** What a probation has learned and up to which prediction. */
export interface ProbationProgress {
  readonly lastId: string | null;
  readonly state: ProbationState;
}

export interface ProbationRequest {
  readonly project: ProjectRef;
  readonly policy: Policy;
  /** Of the promotion that is watched. */
  readonly decisionId: string;
  readonly champion: string;
  readonly previous: string;
  readonly progress: ProbationProgress | null;
  /** Newest prediction that is left out; null: none is. */
  readonly afterId: string | null;
  /** The world has changed and a retraining waits: end now if nothing speaks against the new champion. */
  readonly isWaitedFor: boolean;
}

export interface ProbationLook {
  readonly progress: ProbationProgress;
  readonly verdict: ProbationVerdict;
  readonly newLabels: number;
}

/** Where the monitor stopped: the next look goes on from here. */
export interface MonitorCursor {
  readonly champion: string;
  /** Newest mature prediction whose loss is in `watch`. */
  readonly lastId: string | null;
  readonly watch: LossWatch;
  /** Newest prediction of the last drift window. */
  readonly driftAtRows: number;
  /** What its labels have taught; absent or null where nothing is followed. */
  readonly following?: FollowState | null;
}

export interface FollowRequest {
  readonly project: ProjectRef;
  readonly policy: Policy;
  readonly decisionId: string;
  readonly proposal: FollowProposal;
}

export interface RemoveRequest {
  readonly project: ProjectRef;
  readonly versions: readonly string[];
}

export interface RecordRequest {
  readonly project: ProjectRef;
  readonly record: LedgerRecord;
  /** Where the model's life stands with it. */
  readonly standing: Standing;
}

export interface ObserveRequest {
  readonly project: ProjectRef;
}

export interface Observation {
  readonly clock: PolicyClock;
  readonly signals: readonly Signal[];
  readonly cursor: MonitorCursor | null;
  /** The shares that the labels call for; null where the champion's are near enough. */
  readonly following: FollowProposal | null;
  /** Versions whose files the policy lets go. */
  readonly removable: readonly RemovableVersion[];
  /** One sentence for the Web UI. */
  readonly summary: string;
}

/** Activities of the queue `control`: short, or waiting; they judge and they move aliases. */
export interface ControlActivities {
  readAliases(request: { readonly model: string }): Promise<Aliases>;
  /** Path of the decision's report below the home directory; null where it has none. */
  appendLedger(request: RecordRequest): Promise<string | null>;
  judgeSignals(request: TriageRequest): Promise<Triage>;
  takeSnapshot(request: SnapshotRequest): Promise<SnapshotTaken>;
  /** Which candidates go on when they are compared on the way. */
  compareCandidates(request: RungRequest): Promise<RungVerdict>;
  faceChampion(request: GateRequest): Promise<RetrainResult>;
  adoptRefit(request: RefitRequest): Promise<RetrainResult>;
  runSwitchStep(request: StepRequest): Promise<void>;
  lookAtProbation(request: ProbationRequest): Promise<ProbationLook>;
  /** The registered version. */
  followLabels(request: FollowRequest): Promise<string>;
  /** Those whose files are gone by it, and what could not be removed. */
  removeVersions(request: RemoveRequest): Promise<Omit<Removed, 'decisionId'>>;
  observe(request: ObserveRequest): Promise<Observation>;
  /** After the lifecycle has been told: a look that is repeated tells it twice, which is harmless. */
  saveCursor(request: { readonly model: string; readonly cursor: MonitorCursor }): Promise<void>;
}

/** Activities of the queue `training`: one process, one core each. */
export interface TrainingActivities {
  trainCandidate(request: TrainingRequest): Promise<TrainedCandidate>;
  /** Null where no blend can be made. */
  blendCandidates(request: BlendRequest): Promise<TrainedCandidate | null>;
}
