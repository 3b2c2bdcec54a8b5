import { measureRange, type TrainingRange } from '../gate/coverage/training-range.ts';
import type { DataSchema, Table } from '../table.ts';
import type { Predictions, Task } from '../task.ts';
import { measureResiduals, type Residuals } from './residuals.ts';

/** What a version's training and holdout tell of its answers (`answers.json` of its package). Plain JSON. */
export interface AnswerFacts {
  readonly range: StoredRange;
  /** Null for classes. */
  readonly residuals: Residuals | null;
}

export type StoredRange = Readonly<Record<string, StoredColumnRange>>;

type StoredColumnRange =
  | { readonly kind: 'numeric'; readonly low: number; readonly high: number }
  | { readonly kind: 'categorical'; readonly categories: readonly string[] };

export interface AnswerEvidence {
  readonly task: Task;
  readonly schema: DataSchema;
  /** Rows that the version was trained and validated on. */
  readonly inputs: Table;
  /** Its answers to the holdout, and what came of it. */
  readonly outputs: Predictions;
  readonly labels: ArrayLike<number>;
}

/** A feature of more categories than this is a name rather than a kind: that a new one is unseen says nothing. */
const mostCategories = 5_000;

export function gatherAnswerFacts({ task, schema, inputs, outputs, labels }: AnswerEvidence): AnswerFacts {
  return {
    range: storeRange(measureRange(schema, inputs)),
    residuals: task === 'regression' ? measureResiduals(labels, outputs.values) : null,
  };
}

function storeRange(range: TrainingRange): StoredRange {
  const stored = Object.entries(range).flatMap(([name, known]): [string, StoredColumnRange][] => {
    if (known.kind === 'numeric') return [[name, known]];
    if (known.categories.size > mostCategories) return [];
    return [[name, { kind: 'categorical', categories: [...known.categories].sort() }]];
  });
  return Object.fromEntries(stored);
}

/** A row as it comes over the wire. */
type Row = Readonly<Record<string, number | string | boolean | null>>;

/** Lists the features of a row that have a value which the training rows did not have. A missing value is outside of nothing. */
export function createRangeCheck(range: StoredRange): (row: Row) => readonly string[] {
  const numeric = Object.entries(range).flatMap(([name, known]) =>
    known.kind === 'numeric' ? [{ name, low: known.low, high: known.high }] : [],
  );
  const categorical = Object.entries(range).flatMap(([name, known]) =>
    known.kind === 'categorical' ? [{ name, categories: new Set(known.categories) }] : [],
  );
  return (row) => {
    const outside: string[] = [];
    for (const { name, low, high } of numeric) {
      const value = row[name];
      if (value != null && (Number(value) < low || Number(value) > high)) outside.push(name);
    }
    for (const { name, categories } of categorical) {
      const value = row[name];
      if (typeof value === 'string' && !categories.has(value)) outside.push(name);
    }
    return outside;
  };
}
