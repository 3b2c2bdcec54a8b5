import { applyPreprocessing } from '../preprocessing/apply.ts';
import { fitPreprocessing } from '../preprocessing/fit.ts';
import { widthOfStep } from '../preprocessing/preprocessing.ts';
import type { RowRange } from '../table.ts';
import type { History } from './history.ts';

/** Rows as a linear model sees them: the inputs of the networks, and a constant. Only what isn't 0 is kept. */
export interface Design {
  readonly rows: number;
  /** Inputs, the constant (the last one) included. */
  readonly width: number;
  /** The inputs of row r are at `starts[r]` to `starts[r + 1]`. */
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
  /** Inputs of each feature, as columns `from` to `to`. */
  readonly columnsOf: ReadonlyMap<string, RowRange>;
  /** One column for two classes and for regression, else one per class; row-major. */
  readonly targets: Float64Array;
  readonly targetWidth: number;
}

/** Learns the preprocessing on the rows of `fitOn` and applies it to all. Regression targets are divided by their spread there. */
export function buildDesign(history: History, fitOn: RowRange): Design {
  const { table, schema } = history;
  const preprocessing = fitPreprocessing(table, schema, fitOn);
  const { values, width } = applyPreprocessing(preprocessing, table);
  const columnsOf = new Map<string, RowRange>();
  let offset = 0;
  for (const step of preprocessing.steps) {
    const to = offset + widthOfStep(step);
    columnsOf.set(step.feature, { from: columnsOf.get(step.feature)?.from ?? offset, to });
    offset = to;
  }
  return {
    rows: table.rowCount,
    width: width + 1,
    ...compress(values, width, table.rowCount),
    columnsOf,
    ...targetsOf(history, fitOn),
  };
}

function compress(inputs: Float32Array, width: number, rows: number): Pick<Design, 'starts' | 'columns' | 'values'> {
  const filled = inputs.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0);
  const starts = new Int32Array(rows + 1);
  const columns = new Int32Array(filled + rows);
  const values = new Float64Array(filled + rows);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      const value = inputs[row * width + column]!;
      if (value === 0) continue;
      columns[at] = column;
      values[at++] = value;
    }
    columns[at] = width;
    values[at++] = 1;
    starts[row + 1] = at;
  }
  return { starts, columns, values };
}

function targetsOf({ labels, schema }: History, fitOn: RowRange): Pick<Design, 'targets' | 'targetWidth'> {
  const classes = schema.classes.length;
  if (classes === 0) {
    const { mean, sd } = spreadOf(labels.subarray(fitOn.from, fitOn.to));
    return { targets: labels.map((label) => (label - mean) / sd), targetWidth: 1 };
  }
  if (classes === 2) return { targets: labels, targetWidth: 1 };
  const targets = new Float64Array(labels.length * classes);
  labels.forEach((label, row) => (targets[row * classes + label] = 1));
  return { targets, targetWidth: classes };
}

function spreadOf(values: Float64Array): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, sd: sd > 0 ? sd : 1 };
}
