import type { Predictions, Task } from '../task.ts';

/** What the challenger's training labels looked like: the majority class and the mean are learned there, never on the holdout. */
export type TrainingLabels =
  { readonly kind: 'classes'; readonly counts: readonly number[] } | { readonly kind: 'values'; readonly mean: number };

/** What the gate is shown: one holdout, in time order, and what both models said about it. */
export interface GateEvidence {
  readonly task: Task;
  /** Class indices, or values for regression. */
  readonly labels: ArrayLike<number>;
  /** null when there is no champion yet. */
  readonly champion: Predictions | null;
  readonly challenger: Predictions;
  readonly trainingLabels: TrainingLabels;
  /** Rows of equal value depend on each other and are resampled together; without it rows count as independent. */
  readonly blockOf?: ArrayLike<number>;
  readonly challengerSimpler: boolean;
  /** The label known when a row is predicted is this many rows old (default 1); null: the rows are no time series. */
  readonly lastKnownDelayRows?: number | null;
}
