import type { Separation } from '../../domain/drift/classifier-two-sample.ts';
import type { Importances } from '../../domain/explain/importances.ts';
import type { ServingCost } from '../../domain/gate/cost/serving-cost.ts';
import type { OptimizerName, TrainingWindow } from '../../domain/project.ts';
import type { RowRange, DataSchema, Table } from '../../domain/table.ts';
import type { Predictions, Task } from '../../domain/task.ts';
import type { Snapshot } from './store.ts';

/** A network to train and how. `hiddenUnits` [] is a linear model. */
export interface CandidateSpec {
  /** Unique within a run, e.g. `mlp-64-32/recent`. */
  readonly id: string;
  readonly hiddenUnits: readonly number[];
  readonly window: TrainingWindow;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly maxEpochs: number;
  /** Epochs without a better validation loss before training stops. */
  readonly patience: number;
  readonly l2: number;
  /** Weigh classes by inverse frequency. */
  readonly classWeights: boolean;
  /** Absolute path of a module exporting `build(tf, spec, inputs, outputs)`; null for the built-in dense stack. */
  readonly buildModule: string | null;
  /** Whose weights it begins from: a version's, of the network in this folder of its package. Absent, it begins at random. */
  readonly startsFrom?: { readonly version: string; readonly directory: string };
}

/** A version that is to have a new calibrator on the same weights. */
export interface RecalibrationSpec {
  readonly id: string;
  readonly recalibrates: string;
}

export type Candidate = CandidateSpec | RecalibrationSpec;

export interface BlendJob {
  readonly candidateId: string;
  /** Each of one network, or a blend whose members are taken singly. */
  readonly parts:
    | { readonly kind: 'weigh'; readonly packages: readonly string[]; readonly maxMembers: number }
    | {
        readonly kind: 'given';
        readonly members: readonly { readonly packageDirectory: string; readonly weight: number }[];
      };
  readonly snapshot: Snapshot;
  /** Rows that the members are weighed on. */
  readonly range: RowRange;
  /** Folder of this job alone. */
  readonly workDirectory: string;
}

export interface RecalibrationJob {
  readonly candidateId: string;
  /** The package whose weights are kept. */
  readonly packageDirectory: string;
  readonly snapshot: Snapshot;
  /** Rows that the calibrator is fitted to. */
  readonly range: RowRange;
  /** Folder of this job alone. */
  readonly workDirectory: string;
}

/** A version whose networks get other shares. */
export interface FollowJob {
  /** The version that passed the gate, and its package. */
  readonly base: string;
  readonly packageDirectory: string;
  /** The version whose networks take part; null where none does. */
  readonly lent: string | null;
  /** Packages of the networks, of the base first. */
  readonly networks: readonly string[];
  /** Most of them that answer. */
  readonly maxMembers: number;
  /** By network and by move; they sum to 1. */
  readonly shares: readonly (readonly number[])[];
  /** Moves of the log-odds of class 1, or of values in `deviation`. */
  readonly shifts: readonly number[];
  /** In the label's unit; null for classes. */
  readonly deviation: number | null;
  /** Folder of this job alone. */
  readonly workDirectory: string;
}

export interface TrainingJob {
  readonly task: Task;
  readonly snapshot: Snapshot;
  readonly candidate: CandidateSpec;
  readonly train: RowRange;
  readonly validation: RowRange;
  readonly seed: number;
  /** Interrupt training after this epoch, to go on from its checkpoint or not at all; absent, it trains to the end. */
  readonly untilEpoch?: number | null;
  /** Package of the network that `candidate.startsFrom` names; absent where it names none. */
  readonly startPackage?: string | null;
  /** Folder of this job alone: checkpoints while it trains, the model package at the end. */
  readonly workDirectory: string;
  /** Folder of the run, for what its candidates share. */
  readonly sharedDirectory: string;
}

export interface EpochReport {
  readonly epoch: number;
  readonly maxEpochs: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
  /** File in the job's folder from which training goes on, bit for bit. */
  readonly checkpoint: string;
}

export interface TrainedCandidate {
  readonly candidateId: string;
  readonly packageDirectory: string;
  readonly parameters: number;
  readonly epochs: number;
  /** The epoch of the weights that were kept; 0 where nothing was trained. */
  readonly bestEpoch: number;
  readonly trainSeconds: number;
  /** Wall-clock time of the first step of training, ms since the epoch; null where nothing was trained. */
  readonly beganAtMs: number | null;
  /** Where training that was interrupted goes on; null where it is over. */
  readonly checkpoint: string | null;
  /** Why it did not begin from the weights that it should have; null or absent where it did, or should not. */
  readonly scratchReason?: string | null;
  readonly validationLoss: number;
  /** SHA-256 of the weights: equal for equal snapshot, configuration and seed. */
  readonly weightsSha256: string;
}

export interface TrainingOptions {
  readonly onEpoch: (report: EpochReport) => void;
  readonly signal: AbortSignal;
  /** `EpochReport.checkpoint` of an earlier attempt, or null. */
  readonly resumeFrom: string | null;
}

/** Rows of a snapshot and others, to be told apart by their features. */
export interface SeparationJob {
  readonly snapshot: Snapshot;
  readonly range: RowRange;
  readonly current: Table;
  readonly seed: number;
}

/** Packages whose cost is compared on rows of a snapshot. */
export interface CostJob {
  readonly packageDirectories: readonly string[];
  readonly snapshot: Snapshot;
  readonly range: RowRange;
}

/** A package whose features are permuted on rows that it was not trained on. */
export interface ImportanceJob {
  readonly packageDirectory: string;
  readonly snapshot: Snapshot;
  readonly range: RowRange;
  readonly seed: number;
}

/** Trains and scores outside this process: a crash or a cancel there costs a child, not the worker. */
export interface ModelRuntime {
  /** Rejects with the AbortSignal's reason when cancelled; the child is gone by then. */
  train(job: TrainingJob, options: TrainingOptions): Promise<TrainedCandidate>;
  /** A package of the same weights with a new calibrator. */
  recalibrate(job: RecalibrationJob, signal: AbortSignal): Promise<TrainedCandidate>;
  /** A package of the same networks with other shares; where it lies. */
  follow(job: FollowJob, signal: AbortSignal): Promise<string>;
  /** One package of several networks. Null where none of them could be weighed. */
  blend(job: BlendJob, signal: AbortSignal): Promise<TrainedCandidate | null>;
  /** Predictions of a model package for rows of a snapshot. */
  score(packageDirectory: string, snapshot: Snapshot, range: RowRange, signal: AbortSignal): Promise<Predictions>;
  /** Predictions of each package for the same rows, which need not be a snapshot's. */
  scoreTable(packageDirectories: readonly string[], table: Table, signal: AbortSignal): Promise<readonly Predictions[]>;
  /** What each package costs to serve, as the runtime that serves measures it. */
  measureCosts(job: CostJob, signal: AbortSignal): Promise<readonly ServingCost[]>;
  /** What a package's loss on these rows owes to each feature, at a bounded price. Null where the rows are too few to tell. */
  measureImportances(job: ImportanceJob, signal: AbortSignal): Promise<Importances | null>;
  /** How well a small network, trained on half of the rows, tells the others apart. */
  separate(job: SeparationJob, signal: AbortSignal): Promise<Separation>;
  /** Writes what a job shares with other candidates of its run, so that none of them has to; one that trains meanwhile waits for it. */
  prepare(job: TrainingJob, signal: AbortSignal): Promise<void>;
  /** Removes what the candidates of a run shared; trained once more, they write it anew. */
  endRun(sharedDirectory: string): Promise<void>;
  /** Removes all that a decision left of its work: checkpoints and packages. What became of it is in the registry. */
  forget(decisionDirectory: string): Promise<void>;
}

/** What a model package says of itself (`signature.json`). */
export interface Signature {
  readonly task: Task;
  readonly schema: DataSchema;
  readonly snapshotId: string;
  /** Key of the newest row of the snapshot. */
  readonly lastKey: string;
  readonly candidateId: string;
  readonly parameters: number;
}

/** A call was refused because too many rows wait for the model already. */
export class QueueFull extends Error {
  readonly waitingRows: number;
  constructor(waitingRows: number) {
    super(`${waitingRows} rows wait for the model already`);
    this.name = 'QueueFull';
    this.waitingRows = waitingRows;
  }
}

/** A model loaded into this process, for serving. */
export interface LoadedModel {
  readonly signature: Signature;
  /** Rejects with QueueFull when too much waits. */
  predict(rows: Table): Promise<Predictions>;
  /** Replays the package's golden rows; the largest absolute difference found, for a regression in standard deviations of its label. */
  verifyGolden(): Promise<number>;
  dispose(): void;
}

export type LoadModel = (packageDirectory: string) => Promise<LoadedModel>;
