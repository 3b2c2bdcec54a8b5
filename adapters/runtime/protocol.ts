import type { Separation } from '../../domain/drift/classifier-two-sample.ts';
import type { Importances } from '../../domain/explain/importances.ts';
import type { ServingCost } from '../../domain/gate/cost/serving-cost.ts';
import type { RowRange, Table } from '../../domain/table.ts';
import type { Predictions } from '../../domain/task.ts';
import type {
  BlendJob,
  CostJob,
  EpochReport,
  FollowJob,
  ImportanceJob,
  RecalibrationJob,
  SeparationJob,
  TrainedCandidate,
  TrainingJob,
} from '../ports/model-runtime.ts';
import type { Snapshot, Store } from '../ports/store.ts';
import type { TrainingErrorCode } from './training-error.ts';

/** Where a child finds the rows of snapshots. */
export interface RowsSource {
  readonly storeDirectory: string;
  /** Absolute path of a module exporting `openRows`. */
  readonly rowsModule: string;
}

export type SnapshotRows = Pick<Store, 'readSnapshot' | 'readSnapshotColumns'>;

export type OpenRows = (storeDirectory: string) => Promise<SnapshotRows>;

export interface TrainRequest {
  readonly kind: 'train';
  readonly source: RowsSource;
  readonly job: TrainingJob;
  readonly resumeFrom: string | null;
  /** Examples up to this size are held in memory. */
  readonly memoryMb: number;
}

/** Writes the examples of a job, for whoever trains on them. */
export interface PrepareRequest {
  readonly kind: 'prepare';
  readonly source: RowsSource;
  readonly job: TrainingJob;
}

export interface RecalibrateRequest {
  readonly kind: 'recalibrate';
  readonly source: RowsSource;
  readonly job: RecalibrationJob;
}

export interface FollowRequest {
  readonly kind: 'follow';
  readonly source: RowsSource;
  readonly job: FollowJob;
}

export interface BlendRequest {
  readonly kind: 'blend';
  readonly source: RowsSource;
  readonly job: BlendJob;
}

export interface ScoreRequest {
  readonly kind: 'score';
  readonly source: RowsSource;
  readonly packageDirectory: string;
  readonly snapshot: Snapshot;
  readonly range: RowRange;
}

export interface SeparateRequest {
  readonly kind: 'separate';
  readonly source: RowsSource;
  readonly job: SeparationJob;
}

export interface ScoreTableRequest {
  readonly kind: 'score-table';
  readonly source: RowsSource;
  readonly packageDirectories: readonly string[];
  readonly table: Table;
}

export interface CostRequest {
  readonly kind: 'measure-costs';
  readonly source: RowsSource;
  readonly job: CostJob;
}

export interface ImportanceRequest {
  readonly kind: 'measure-importances';
  readonly source: RowsSource;
  readonly job: ImportanceJob;
}

/** Gets ready: opens the rows, loads TensorFlow. */
export interface WarmRequest {
  readonly kind: 'warm';
  readonly source: RowsSource;
}

/** What a child is sent; the next one only when it has said that it is free. */
export type ChildRequest =
  | WarmRequest
  | TrainRequest
  | PrepareRequest
  | RecalibrateRequest
  | FollowRequest
  | BlendRequest
  | ScoreRequest
  | SeparateRequest
  | CostRequest
  | ImportanceRequest
  | ScoreTableRequest;

/** What a job left behind in a child. */
export interface ChildState {
  readonly tensors: number;
  readonly residentMb: number;
}

/** What a child says: that the examples are written and epochs while it trains, then a result, then that it is free. After a failure it ends instead. */
export type ChildMessage =
  | { readonly kind: 'prepared' }
  | { readonly kind: 'epoch'; readonly report: EpochReport }
  | { readonly kind: 'warmed' }
  | { readonly kind: 'shared' }
  | { readonly kind: 'trained'; readonly candidate: TrainedCandidate }
  | { readonly kind: 'blended'; readonly candidate: TrainedCandidate | null }
  | { readonly kind: 'followed'; readonly packageDirectory: string }
  | { readonly kind: 'scored'; readonly predictions: Predictions }
  | { readonly kind: 'separated'; readonly separation: Separation }
  | { readonly kind: 'table-scored'; readonly predictions: readonly Predictions[] }
  | { readonly kind: 'measured'; readonly costs: readonly ServingCost[] }
  | { readonly kind: 'importances'; readonly importances: Importances | null }
  | { readonly kind: 'failed'; readonly code: TrainingErrorCode; readonly message: string }
  | { readonly kind: 'free'; readonly state: ChildState };

export type ChildResult = Exclude<ChildMessage, { kind: 'prepared' | 'epoch' | 'free' }>;
