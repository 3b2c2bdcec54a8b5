import { lossesOf } from '../calibration/loss.ts';
import { studentQuantile } from '../math/student-t.ts';
import type { Rng } from '../math/rng.ts';
import type { Column, Table } from '../table.ts';
import type { Predictions, Task } from '../task.ts';
import type { Interval } from '../verdict.ts';

/** Row i is given the feature of row `permutation[i]`. */
export type Permutation = Uint32Array;

export interface FeatureImportance {
  readonly feature: string;
  /** How much the mean loss rises when the feature is another row's; about 0, or below, where the model owes it nothing. */
  readonly importance: number;
  readonly interval: Interval;
  /** The rise of each repeat. */
  readonly repeats: readonly number[];
}

/** Rows in an order drawn at random (Fisher & Yates). */
export function drawPermutation(rows: number, random: Rng): Permutation {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** The table with one column's values exchanged among its rows. Throws where there is no such column. */
export function permuteColumn(table: Table, feature: string, permutation: Permutation): Table {
  const column = table.columns[feature];
  if (column === undefined) throw new TypeError(`The table has no column for the feature "${feature}"`);
  return { rowCount: table.rowCount, columns: { ...table.columns, [feature]: reorder(column, permutation) } };
}

function reorder(column: Column, permutation: Permutation): Column {
  return column.kind === 'numeric'
    ? { kind: 'numeric', values: Float64Array.from(permutation, (from) => column.values[from]!) }
    : { kind: 'categorical', values: Array.from(permutation, (from) => column.values[from] ?? null) };
}

export interface PermutedAnswers {
  readonly permutation: Permutation;
  readonly predictions: Predictions;
}

export interface ImportanceEvidence {
  readonly task: Task;
  readonly labels: ArrayLike<number>;
  /** Answers to the rows as they are. */
  readonly predictions: Predictions;
  readonly feature: string;
  /** Answers to the same rows with the feature permuted, once per repeat. */
  readonly permuted: readonly PermutedAnswers[];
  /** @default 0.95 */
  readonly level?: number;
}

/**
 * Permutation importance (Breiman 2001): mean loss with the feature exchanged among the rows, minus mean loss; log loss in nats for
 * classes, the squared error in the label's unit for values. Equal to scikit-learn's `permutation_importance` for equal permutations.
 *
 * The interval is Student's over rows. Every row takes part twice: with its own label and another's feature, and with its feature under
 * another's label. The estimate is a U-statistic of order two (Fisher, Rudin & Dominici 2019), so its variance is that of the sum of
 * both parts (Hoeffding 1948); the first part alone makes the interval too short. Infinite ends below two rows.
 *
 * Example: labels 0, 1, answers equal to the labels, the feature of both rows exchanged and answers 1, 0: squared errors of 1, importance 1.
 */
export function measureImportance(evidence: ImportanceEvidence): FeatureImportance {
  const { task, labels, predictions, feature, permuted, level = 0.95 } = evidence;
  const base = lossesOf(task, labels, predictions);
  const rows = base.length;
  const parts = new Float64Array(rows);
  const repeats = permuted.map(({ permutation, predictions: answers }) => {
    const losses = lossesOf(task, labels, answers);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const rise = losses[row]! - base[row]!;
      sum += rise;
      parts[row]! += rise / permuted.length;
      parts[permutation[row]!]! += rise / permuted.length;
    }
    return sum / rows;
  });
  const importance = repeats.reduce((sum, rise) => sum + rise, 0) / repeats.length;
  const reach = rows < 2 ? Infinity : studentQuantile((1 + level) / 2, rows - 1) * Math.sqrt(varianceOf(parts) / rows);
  return { feature, importance, interval: { low: importance - reach, high: importance + reach, level }, repeats };
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
