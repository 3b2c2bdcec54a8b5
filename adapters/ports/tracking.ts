/** A run is known by what it is about, never by a number that somebody gave it: whoever repeats a step finds the same run. */
export interface RunKey {
  readonly model: string;
  readonly decisionId: string;
  /** The candidate that is trained; null for the run of the whole retraining. */
  readonly candidateId: string | null;
}

export interface RunStart {
  readonly run: RunKey;
  /** What a person reads in a list of runs. */
  readonly name: string;
  readonly startedAtMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface MetricPoint {
  readonly name: string;
  /** May be NaN or infinite: a training that blew up says so. */
  readonly value: number;
  /** Epoch, or 0 where there is one value only. */
  readonly step: number;
  readonly atMs: number;
}

/** Rows that a run used. */
export interface DatasetInput {
  readonly name: string;
  /** SHA-256 of the content. */
  readonly digest: string;
  /** What for, e.g. `training`, `validation`, `holdout`. */
  readonly context: string;
  readonly rows: number;
  /** Path or URI. */
  readonly source: string;
}

export type RunStatus = 'running' | 'finished' | 'failed';

export interface TrackedRun {
  readonly name: string;
  readonly status: RunStatus;
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly endedAtMs: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** By name, then step, then time. */
  readonly metrics: readonly MetricPoint[];
  readonly inputs: readonly DatasetInput[];
  /** Paths of its files, with slashes, sorted. */
  readonly artifacts: readonly string[];
  /** Page where a person sees it; null where there is none. */
  readonly url: string | null;
}

/**
 * What is told of each retraining, for people to look at: how training went, on which rows, and the reports. Every call may be repeated:
 * what was said already changes nothing. Nothing here decides anything.
 */
export interface Tracking {
  begin(start: RunStart): Promise<void>;
  /** Throws TrackingError `conflict` where a parameter has another value already. */
  logParams(run: RunKey, params: Readonly<Record<string, string>>): Promise<void>;
  /** A point that is there already (name, step, value, time) is there once. */
  logMetrics(run: RunKey, points: readonly MetricPoint[]): Promise<void>;
  logInputs(run: RunKey, inputs: readonly DatasetInput[]): Promise<void>;
  /** A file of the run, e.g. `report.html` or `card/model.md`; the last content counts. */
  logArtifact(run: RunKey, path: string, content: string | Uint8Array): Promise<void>;
  setTags(run: RunKey, tags: Readonly<Record<string, string>>): Promise<void>;
  /** A run that ended can be told more, and end again. */
  end(run: RunKey, status: Exclude<RunStatus, 'running'>, atMs: number): Promise<void>;
  /** Null for a run that nobody began. All other calls throw `run-not-found` then. */
  read(run: RunKey): Promise<TrackedRun | null>;
  readArtifact(run: RunKey, path: string): Promise<Uint8Array>;
}

export type TrackingErrorCode = 'run-not-found' | 'artifact-not-found' | 'conflict' | 'name-invalid' | 'unavailable';

/** What every implementation throws; `code` says what to do. */
export class TrackingError extends Error {
  readonly code: TrackingErrorCode;
  constructor(code: TrackingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TrackingError';
    this.code = code;
  }
}
