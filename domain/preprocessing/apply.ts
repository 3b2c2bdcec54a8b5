import type { Table } from '../table.ts';
import { categoricalColumn, numericColumn } from './columns.ts';
import type { CategoricalStep, Inputs, NumericStep, Preprocessing, PreprocessingStep } from './preprocessing.ts';
import { widthOfStep } from './preprocessing.ts';

/** An outlier may pull a network this far, in standard deviations, and no further. */
const furthestSd = 10;

/** Network inputs of every row of a table. Finite whatever the values: what isn't finite counts as missing. */
export function applyPreprocessing({ width, steps }: Preprocessing, table: Table): Inputs {
  const values = new Float32Array(table.rowCount * width);
  let offset = 0;
  for (const step of steps) {
    fillStep(step, table, { values, width, offset });
    offset += widthOfStep(step);
  }
  return { width, values };
}

interface Target {
  readonly values: Float32Array;
  readonly width: number;
  /** The step's first input. */
  readonly offset: number;
}

function fillStep(step: PreprocessingStep, table: Table, target: Target): void {
  switch (step.kind) {
    case 'numeric':
      return fillNumeric(step, numericColumn(table, step.feature), table.rowCount, target);
    case 'boolean':
      return fillBoolean(numericColumn(table, step.feature), table.rowCount, target);
    case 'categorical':
      return fillCategorical(step, categoricalColumn(table, step.feature), table.rowCount, target);
  }
}

function fillNumeric(step: NumericStep, column: Float64Array, rows: number, { values, width, offset }: Target): void {
  const { median, mean, sd, missingIndicator } = step;
  for (let row = 0, at = offset; row < rows; row += 1, at += width) {
    const value = column[row]!;
    const present = Number.isFinite(value);
    if (sd > 0) {
      const scaled = ((present ? value : median) - mean) / sd;
      values[at] = Math.max(-furthestSd, Math.min(furthestSd, scaled));
    }
    if (missingIndicator && !present) values[at + 1] = 1;
  }
}

function fillBoolean(column: Float64Array, rows: number, { values, width, offset }: Target): void {
  for (let row = 0, at = offset; row < rows; row += 1, at += width) {
    const value = column[row]!;
    values[at] = Number.isFinite(value) ? Number(value !== 0) : 0.5;
  }
}

function fillCategorical(
  { categories }: CategoricalStep,
  column: readonly (string | null)[],
  rows: number,
  { values, width, offset }: Target,
): void {
  const inputOf = new Map(categories.map((category, index) => [category, index]));
  const other = categories.length;
  for (let row = 0, at = offset; row < rows; row += 1, at += width) {
    const value = column[row] ?? null;
    values[at + (value === null ? other + 1 : (inputOf.get(value) ?? other))] = 1;
  }
}
