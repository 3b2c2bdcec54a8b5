import type { Decision } from '../../domain/answers/control.ts';
import type { ArrivalTimes } from '../../domain/outcomes/label-arrivals.ts';
import type { PolicyClock } from '../../domain/policy.ts';
import type { KeepRule } from '../../domain/retention/find-expired.ts';
import type { DataSchema, Feature, RowRange, Table } from '../../domain/table.ts';
import type { Predictions } from '../../domain/task.ts';

/** A feature's value on the wire; null is missing. Timestamps are ISO 8601 strings. */
export type FeatureValue = number | string | boolean | null;

/** One served prediction, as the service logs it before it answers. */
export interface PredictionRecord {
  /** Sorts in the order of prediction: time first, then replica, then counter. */
  readonly id: string;
  /** When it was served, ms since the epoch. */
  readonly atMs: number;
  /** Event time, ms since the epoch, where the project has a time column. */
  readonly eventMs: number | null;
  readonly version: string;
  readonly features: Readonly<Record<string, FeatureValue>>;
  /** The features as a line of JSON, where there is one already. */
  readonly featuresJson?: string | null;
  /** Binary [P(second class)], multiclass one per class, regression [value]. */
  readonly output: readonly number[];
  /** What `previous` would have said, and which version that was. */
  readonly shadow: { readonly version: string; readonly output: readonly number[] } | null;
  /** Who or what the row is about, where the client said so. */
  readonly entity?: string | null;
  /** Who decided, where a control slice is set: the answer that was given, and how probable it was to be given. */
  readonly decision?: Decision | null;
  /** Why the client was given no answer, where it was given none. */
  readonly abstained?: string;
  /** Features that the log leaves out (`privacy.omit`). */
  readonly omitted?: readonly string[];
  /** The span of the request, as W3C Trace Context writes it, where it was traced. */
  readonly traceparent?: string;
  readonly requestId: string;
  readonly latencyMs: number;
}

export interface LabelRecord {
  /** The prediction that it is the outcome of. */
  readonly id: string;
  /** Class name, or value for regression. */
  readonly label: string | number;
  /** When it was received. */
  readonly atMs: number;
  /** When the outcome became known, on the clock of the event times, where the client said so. */
  readonly labelMs?: number | null;
}

/** Names a prediction by what it was about: the newest one at `timeMs`, or up to `withinMs` before. */
export interface EntityAtTime {
  readonly entity: string;
  readonly timeMs: number;
  readonly withinMs: number;
}

/** The writing side; one per process of the service. Append-only. */
export interface PredictionLog {
  /** On record when it returns: on disk, or with the operating system where the durability is `fast`. */
  appendPredictions(model: string, records: readonly PredictionRecord[]): Promise<void>;
  appendLabels(model: string, records: readonly LabelRecord[]): Promise<void>;
  /** A label that contradicts the one on record: kept beside, never joined. */
  appendContradictions(model: string, records: readonly LabelRecord[]): Promise<void>;
  /** Which of these ids were predicted, by any replica, and the label on record (null: none yet). Unknown ids are absent. */
  findPredictions(model: string, ids: readonly string[]): Promise<ReadonlyMap<string, string | number | null>>;
  /** The prediction that each names, by any replica; null where there is none. Event time counts, or without one the time of serving. */
  findAboutEntities(model: string, wanted: readonly EntityAtTime[]): Promise<readonly (string | null)[]>;
  /** The spans in which these were predicted, by any replica, each once, `most` at most; none of what was not traced. */
  findTraces(model: string, ids: readonly string[], most: number): Promise<readonly string[]>;
  /** Up to where predictions are gone because the log need not keep them; null where all are kept. */
  findRemoved(model: string): Promise<RemovedUpTo | null>;
  close(): Promise<void>;
}

/** Predictions up to this id, or about a time up to `eventMs`, may have been removed from the log. */
export interface RemovedUpTo {
  readonly id: string;
  /** Ms since the epoch. */
  readonly eventMs: number;
}

/** What was taken out of a log. */
export interface RemovedParts {
  readonly partitions: number;
  readonly predictions: number;
  readonly labels: number;
}

/** Takes out of a log what it need not keep; policy clocks go on counting it. */
export interface Retention {
  removeExpired(model: string, rule: KeepRule): Promise<RemovedParts>;
}

/** Predictions in prediction order with what is known of their outcome. All arrays have one entry (or `width` outputs) per row. */
export interface OutcomeRows {
  readonly ids: readonly string[];
  readonly versions: readonly string[];
  readonly outputs: Predictions;
  /** Null where no shadow scored the row. */
  readonly shadowVersions: readonly (string | null)[];
  /** Zeros where no shadow scored the row. */
  readonly shadowOutputs: Predictions;
  /** Class index or value; NaN where no label has arrived. */
  readonly labels: Float64Array;
  /** Event time, or without one the time of serving, ms since the epoch. */
  readonly predictedMs: Float64Array;
  /** When the label became known, on the same clock; NaN where none has arrived, or that was not said. */
  readonly labelledMs: Float64Array;
}

export interface WindowQuery {
  readonly model: string;
  readonly schema: DataSchema;
  /** Rows after this prediction id only. */
  readonly afterId?: string;
  /** Rows up to and including this prediction id only. */
  readonly upToId?: string;
  /** The newest rows only; without it, all. */
  readonly newestRows?: number;
}

/** Labelled rows in time order: the project's historical file first, then what was served and labelled. */
export interface LabelledRows {
  readonly table: Table;
  /** Class index or value. */
  readonly labels: Float64Array;
  /** Position key of a row: `history:<zero-padded index>` or the prediction id. Sorted. */
  readonly keys: readonly string[];
}

/** Some columns of labelled rows, and their labels. */
export type LabelledColumns = Omit<LabelledRows, 'keys'>;

export interface SnapshotSplit {
  readonly train: RowRange;
  readonly validation: RowRange;
  readonly holdout: RowRange;
}

/** An immutable extract; `id` is the SHA-256 of its content (rows, schema, split). */
export interface Snapshot {
  readonly id: string;
  readonly model: string;
  readonly path: string;
  readonly schema: DataSchema;
  readonly rowCount: number;
  readonly split: SnapshotSplit;
  /** Key of the newest row: what came later is fresh. */
  readonly lastKey: string;
}

/** The reading side: windows and snapshots, from any process, without locks. */
export interface Store {
  clock(model: string): Promise<PolicyClock>;
  /** In prediction order. */
  readOutcomes(query: WindowQuery): Promise<OutcomeRows>;
  /**
   * When rows were predicted and labelled, in prediction order: by event times and `labelTime`, or for rows without an event time by when they were
   * served and their label was received.
   */
  readArrivals(query: WindowQuery): Promise<ArrivalTimes>;
  /** Inputs of served predictions, in prediction order. */
  readInputs(query: WindowQuery): Promise<Table>;
  /** Served rows that have a label, in prediction order; keys are prediction ids. */
  readLabelled(query: WindowQuery): Promise<LabelledRows>;
  writeSnapshot(model: string, schema: DataSchema, rows: LabelledRows, split: SnapshotSplit): Promise<Snapshot>;
  getSnapshot(model: string, id: string): Promise<Snapshot>;
  readSnapshot(snapshot: Snapshot, range: RowRange): Promise<LabelledRows>;
  /** The labels, and the columns of these features alone. */
  readSnapshotColumns(snapshot: Snapshot, features: readonly Feature[], range: RowRange): Promise<LabelledColumns>;
}
