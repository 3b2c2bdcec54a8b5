import { createRng } from '../math/rng.ts';
import { pickRows } from '../snapshot/tables.ts';
import type { Predictions, Task } from '../task.ts';
import type { Table } from '../table.ts';
import { drawPermutation, measureImportance, permuteColumn, type FeatureImportance } from './permutation-importance.ts';
import { lossesOf } from '../calibration/loss.ts';

/** What a version's performance owes to each feature (`importances.json` of its package). Plain JSON. */
export interface Importances {
  readonly method: 'permutation';
  /** What the importances are a rise of. */
  readonly loss: 'log loss in nats' | 'squared error';
  /** Of the rows as they are. */
  readonly meanLoss: number;
  /** Rows of the holdout that were asked about. */
  readonly rows: number;
  readonly repeats: number;
  /** The most important first. */
  readonly features: readonly FeatureImportance[];
}

export interface ImportancePlan {
  readonly rows: number;
  readonly repeats: number;
}

const mostRows = 2_000;
const fewestRows = 200;
const mostRepeats = 5;
/** Answers of single networks that an explanation may cost: a second or two. */
const mostAnswers = 400_000;

/** How many rows to ask about and how often, so that the price is known: fewer repeats first, then fewer rows. */
export function planImportances(rowCount: number, features: number, networks: number): ImportancePlan {
  const each = Math.max(1, features * networks);
  const rows = Math.min(mostRows, rowCount);
  const repeats = Math.min(mostRepeats, Math.max(1, Math.floor(mostAnswers / (each * rows))));
  const affordable = Math.max(fewestRows, Math.floor(mostAnswers / (each * repeats)));
  return { rows: Math.min(rows, affordable), repeats };
}

export interface ImportanceQuestion {
  readonly task: Task;
  readonly features: readonly string[];
  readonly table: Table;
  readonly labels: ArrayLike<number>;
  readonly repeats: number;
  readonly seed: number;
  predict(rows: Table): Promise<Predictions>;
}

/** Asks about one feature at a time, so that memory doesn't grow with them, in one table of all repeats. Every feature meets the same permutations. */
export async function measureImportances(question: ImportanceQuestion): Promise<Importances> {
  const { task, features, table, labels, repeats, seed, predict } = question;
  const random = createRng(seed);
  const permutations = Array.from({ length: repeats }, () => drawPermutation(table.rowCount, random));
  const predictions = await predict(table);
  const whole = repeatRows(table, repeats);
  const order = Uint32Array.from(permutations.flatMap((permutation) => [...permutation]));
  const found: FeatureImportance[] = [];
  for (const feature of features) {
    const answers = await predict(permuteColumn(whole, feature, order));
    const permuted = permutations.map((permutation, repeat) => ({
      permutation,
      predictions: takeRows(answers, repeat * table.rowCount, table.rowCount),
    }));
    found.push(measureImportance({ task, labels, predictions, feature, permuted }));
  }
  const losses = lossesOf(task, labels, predictions);
  return {
    method: 'permutation',
    loss: task === 'regression' ? 'squared error' : 'log loss in nats',
    meanLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    rows: table.rowCount,
    repeats,
    features: found.toSorted((a, b) => b.importance - a.importance),
  };
}

function repeatRows(table: Table, times: number): Table {
  const rows = Array.from({ length: table.rowCount * times }, (_, row) => row % table.rowCount);
  return pickRows(table, rows);
}

function takeRows({ width, values }: Predictions, from: number, rows: number): Predictions {
  return { width, values: values.slice(from * width, (from + rows) * width) };
}

/** What drift is ranked by: a feature that earns nothing weighs nothing. */
export function weightsOf({ features }: Importances): Readonly<Record<string, number>> {
  return Object.fromEntries(features.map(({ feature, importance }) => [feature, Math.max(0, importance)]));
}
