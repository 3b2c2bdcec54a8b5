import type { Table } from '../table.ts';
import { categoricalColumn, numericColumn } from './columns.ts';
import type {
  CategoricalStep,
  Inputs,
  LevelsStep,
  NumericStep,
  Preprocessing,
  PreprocessingStep,
  RankStep,
} from './preprocessing.ts';
import { furthestSd, widthOfStep } from './preprocessing.ts';

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
    case 'rank':
      return fillRank(step, numericColumn(table, step.feature), table.rowCount, target);
    case 'levels':
      return fillLevels(step, numericColumn(table, step.feature), table.rowCount, target);
    case 'boolean':
      return fillBoolean(numericColumn(table, step.feature), table.rowCount, target);
    case 'categorical':
      return fillCategorical(step, categoricalColumn(table, step.feature), table.rowCount, target);
  }
}

function fillNumeric(step: NumericStep, column: Float64Array, rows: number, { values, width, offset }: Target): void {
  const { median, mean, sd } = step;
  if (sd === 0) return;
  for (let row = 0, at = offset; row < rows; row += 1, at += width) {
    const value = column[row]!;
    const scaled = ((Number.isFinite(value) ? value : median) - mean) / sd;
    values[at] = Math.max(-furthestSd, Math.min(furthestSd, scaled));
  }
}

function fillRank(step: RankStep, column: Float64Array, rows: number, { values, width, offset }: Target): void {
  for (let row = 0, at = offset; row < rows; row += 1, at += width) {
    const value = column[row]!;
    const present = Number.isFinite(value);
    values[at] = interpolate(step, present ? value : step.median);
    if (step.missingIndicator && !present) values[at + 1] = 1;
  }
}

/** The scores' piecewise linear curve; flat beyond its ends. */
function interpolate({ knots, scores }: RankStep, value: number): number {
  if (knots.length < 2) return 0;
  let low = 0;
  let high = knots.length - 1;
  if (value <= knots[low]!) return scores[low]!;
  if (value >= knots[high]!) return scores[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (knots[middle]! <= value) low = middle;
    else high = middle;
  }
  const share = (value - knots[low]!) / (knots[high]! - knots[low]!);
  return scores[low]! + share * (scores[high]! - scores[low]!);
}

function fillLevels(step: LevelsStep, column: Float64Array, rows: number, { values, width, offset }: Target): void {
  const inputOf = new Map(step.levels.map((level, index) => [level, index]));
  for (let row = 0, at = offset; row < rows; row += 1, at += width) {
    const input = inputOf.get(column[row]!);
    if (input !== undefined) values[at + input] = 1;
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
