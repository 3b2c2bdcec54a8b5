import type { DataSchema, Feature, RowRange, Table } from '../table.ts';
import { categoricalColumn, numericColumn } from './columns.ts';
import { fitNumeric } from './fit-numeric.ts';
import type { CategoricalStep, Preprocessing, PreprocessingStep } from './preprocessing.ts';
import { widthOfStep } from './preprocessing.ts';

/** More categories than this share the input "other": rare ones have too few rows to learn from. */
const mostCategories = 32;

/** Learns from the rows of `range` alone how the schema's features become network inputs. */
export function fitPreprocessing(table: Table, schema: DataSchema, range: RowRange): Preprocessing {
  const steps = schema.features.flatMap((feature) => fitSteps(table, feature, range, schema.classes.length === 0));
  return { width: steps.reduce((sum, step) => sum + widthOfStep(step), 0), steps };
}

function fitSteps(
  table: Table,
  { name, type }: Feature,
  range: RowRange,
  isRegression: boolean,
): readonly PreprocessingStep[] {
  switch (type) {
    case 'numeric':
    case 'timestamp':
      return fitNumeric(name, numericColumn(table, name).subarray(range.from, range.to), isRegression);
    case 'boolean':
      return [{ kind: 'boolean', feature: name }];
    case 'categorical':
      return [fitCategorical(name, categoricalColumn(table, name), range)];
  }
}

function fitCategorical(feature: string, values: readonly (string | null)[], range: RowRange): CategoricalStep {
  const counts = new Map<string, number>();
  for (let row = range.from; row < range.to; row += 1) {
    const value = values[row] ?? null;
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return { kind: 'categorical', feature, categories: byCount.slice(0, mostCategories).map(([name]) => name) };
}
