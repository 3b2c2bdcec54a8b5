/** A span on a policy clock. Rows are predictions served, labels are outcomes received, `eventMs` is event time; never the wall clock. */
export type Amount = { readonly rows: number } | { readonly labels: number } | { readonly eventMs: number };

/** Where a model's clocks stand. Each counter only grows. `eventMs` is null for projects without a time column. */
export interface PolicyClock {
  readonly rows: number;
  readonly labels: number;
  readonly eventMs: number | null;
}

/** When a retraining may start. */
export interface RetrainPolicy {
  /** Wall-clock wait in which further signals join the run that the first one asked for. */
  readonly debounceMs: number;
  /** Least distance between two retrainings. */
  readonly cooldown: Amount;
  /** Labelled rows that must be newer than the champion's snapshot. */
  readonly minFreshLabels: number;
  /** At most `trainings` within `per`. */
  readonly budget: { readonly trainings: number; readonly per: Amount };
  /**
   * Raise a `schedule` signal when the last retraining is this far back; null never does. `auto` waits until the next one pays,
   * by what the last challengers gained.
   */
  readonly every: Amount | 'auto' | null;
  /** What a retraining costs, in wrong answers (for regression: in labels' variances; with a utility: in its unit). `auto` weighs it against the decay. */
  readonly trainingCost: number;
}

export interface SnapshotPolicy {
  /** At most this many of the newest labelled rows are kept for the training window `all`. */
  readonly maxRows: number;
  /** Rows of the training window `recent`. */
  readonly recentRows: number;
  /** Share of the rows before the holdout that becomes the validation part (their newest end). */
  readonly validationShare: number;
  /** Share of the rows newer than the champion's snapshot that becomes the holdout (their newest end). */
  readonly holdoutShare: number;
  /** The holdout of the first champion, as a share of all rows. */
  readonly firstHoldoutShare: number;
}

export interface MonitorPolicy {
  /** Wall-clock period of the Temporal Schedule. */
  readonly everyMs: number;
  /** Rows of the current window that drift is judged on. */
  readonly windowRows: number;
  /** Rows whose labels are still missing after this many newer rows count as never labelled. */
  readonly labelDelayRows: number;
  /** Share of a block's labels that makes it mature. */
  readonly matureShare: number;
  /** Rows of a block whose losses count as one observation; 1 takes outcomes for independent, `auto` finds out how far they aren't. */
  readonly lossBlockRows: number | 'auto';
  /** Wall-clock time without a new label after which a probation asks a person. */
  readonly silenceMs: number;
}

export interface ApprovalPolicy {
  readonly mode: 'auto' | 'person';
  /** Wall-clock time a challenger waits for a person. */
  readonly timeoutMs: number;
  readonly onTimeout: 'reject' | 'approve';
}

/** How a version that is to be promoted takes over. */
export interface PromotionPolicy {
  readonly strategy: 'all-at-once' | 'canary';
  /** Shares of the entities that the challenger answers, one step after another, rising; 0 lets it score in the shadow only. */
  readonly steps: readonly number[];
  /** Labelled rows, scored by both versions, that a step is judged on. */
  readonly labelsPerStep: number;
}

export interface ServingPolicy {
  /** Replicas that must be alive for a promotion; 0 for batch scoring without a prediction service. */
  readonly minReplicas: number;
  /** Wall-clock time for every replica to load or to serve a version. */
  readonly replicaTimeoutMs: number;
  /** Largest absolute difference between a golden prediction and its replay. */
  readonly goldenTolerance: number;
}

export interface LogPolicy {
  /**
   * Event time (without it, time of serving) that the log of predictions and outcomes goes back from its newest row; null keeps all. Only whole
   * files go, and only what nothing has still to look at.
   */
  readonly keepMs: number | null;
}

/** How long the files of versions stay. What else is known of a version stays for ever, and the history with it. */
export interface VersionsPolicy {
  /** The newest so many, and besides them what has a name or is needed; null keeps all. */
  readonly keep: number | null;
  /** Versions that stay, however old. */
  readonly pinned: readonly string[];
}

/** How a model that was rolled back may try again. */
export interface RollbackPolicy {
  /** The cooldown grows by this factor with every rollback in a row. */
  readonly backoffFactor: number;
  /** This many rollbacks within `per` pause the model for a person. */
  readonly maxRollbacks: number;
  readonly per: Amount;
  /** For so long neither what was rolled back nor what does the same is promoted. */
  readonly quarantine: Amount;
}
