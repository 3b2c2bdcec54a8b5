import type { Ledger } from '../adapters/ports/ledger.ts';
import type { ModelPackages } from '../adapters/ports/model-packages.ts';
import type { ModelRuntime } from '../adapters/ports/model-runtime.ts';
import type { Notes } from '../adapters/ports/notes.ts';
import type { Registry } from '../adapters/ports/registry.ts';
import type { Reports } from '../adapters/ports/reports.ts';
import type { Canary, Replicas } from '../adapters/ports/replicas.ts';
import type { LabelledRows, Retention, Store } from '../adapters/ports/store.ts';
import type { Tracking } from '../adapters/ports/tracking.ts';
import type { AnswerSettings } from '../domain/answers/settings.ts';
import type { Utility } from '../domain/gate/utility/utility.ts';
import type { ModelProject } from '../domain/project.ts';
import type { DataSchema } from '../domain/table.ts';
import type { ProbationHold } from './remove-expired.ts';
import type { MonitorCursor, ProjectRef } from './types.ts';

/** The labelled rows a project brings along, and what was inferred from them. */
export interface History {
  readonly schema: DataSchema;
  readonly rows: LabelledRows;
  /** Event time of each row, ms since the epoch; null for projects without a time column. */
  readonly eventMs: Float64Array | null;
}

/** Everything that activities touch of the world; worker.ts composes it. */
export interface Dependencies {
  readonly registry: Registry;
  readonly store: Store;
  /** Null where nothing is ever removed: in a backtest. */
  readonly retention: Retention | null;
  readonly ledger: Ledger;
  readonly runtime: ModelRuntime;
  readonly replicas: Replicas;
  readonly packages: ModelPackages;
  /** What people are shown of each retraining. */
  readonly tracking: Tracking;
  /** Null where nobody would read them: in a backtest. */
  readonly reports: Reports | null;
  /** Where the monitor stopped, by model. */
  readonly cursors: Notes<MonitorCursor>;
  /** What probations have still to look at, by model. */
  readonly holds: Notes<ProbationHold | null>;
  /** What a project says to the prediction service, by model. */
  readonly settings: Notes<AnswerSettings>;
  /** Canaries that are open, by model: the prediction service reads them. */
  readonly canaries: Notes<Canary | null>;
  /** Throws where the project's file is wrong. */
  loadProject(ref: ProjectRef): Promise<ModelProject>;
  /** Rows of the project's data file. Throws where the data are unusable. */
  readHistory(project: ModelProject): Promise<History>;
  /** What answers are worth to the project; null where it doesn't say. Throws where what it says can't be used. */
  loadUtility(project: ModelProject, schema: DataSchema): Promise<Utility | null>;
  /** Rows of another file of the same columns, all of it. */
  readExtract(project: ModelProject, path: string, schema: DataSchema): Promise<LabelledRows>;
  /** Folder for checkpoints and packages in the making; one below it per decision. */
  readonly workDirectory: string;
}
