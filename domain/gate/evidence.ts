import type { Table } from '../table.ts';
import type { Predictions, Task } from '../task.ts';
import type { Check } from '../verdict.ts';
import type { ServingCost } from './cost/serving-cost.ts';
import type { LiveCoverage } from './coverage/check-coverage.ts';
import type { TrainingRange } from './coverage/training-range.ts';
import type { RobustnessEvidence } from './robustness/check-robustness.ts';
import type { SliceDeclaration } from './slices/declaration.ts';
import type { Utility } from './utility/utility.ts';

/** What the challenger's training labels looked like: the majority class and the mean are learned there, never on the holdout. */
export type TrainingLabels =
  { readonly kind: 'classes'; readonly counts: readonly number[] } | { readonly kind: 'values'; readonly mean: number };

export interface GateCosts {
  readonly challenger: ServingCost;
  /** null when there is no champion yet. */
  readonly champion: ServingCost | null;
}

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
  /** What both cost to serve, where it was measured. */
  readonly costs?: GateCosts;
  /** What both say to perturbed rows, where it was asked. */
  readonly robustness?: RobustnessEvidence;
  /** Level of the test against the champion, where it is not the policy's `alpha`. */
  readonly level?: number;
  /** The label known when a row is predicted is this many rows old (default 1); null: the rows are no time series. */
  readonly lastKnownDelayRows?: number | null;
  /** Of the holdout's rows; without them nothing is said of slices, fairness and coverage. */
  readonly inputs?: Table;
  /** Parts of the rows that must not be harmed. */
  readonly slices?: readonly SliceDeclaration[];
  /** Columns whose groups must be treated alike; each is a slice as well. */
  readonly sensitive?: readonly string[];
  /** What answers are worth, where the project says so: then that is what decides. */
  readonly utility?: Utility;
  /** Of the challenger's training rows. */
  readonly trainingRange?: TrainingRange;
  /** How many of the newest predictions lie outside that range, where it is known. */
  readonly liveCoverage?: LiveCoverage;
  /** Whether the exam itself is fair: what was found out where all rows are at hand. */
  readonly examChecks?: readonly Check[];
}
