import type { Column, DataSchema, RowRange, Table } from '../table.ts';

/**
 * Why these rows must not be trained on, or null when they may: a label with a single class, a label that is not a number,
 * or a feature without a single value would train a model that knows nothing.
 */
export function whyNotTrainOn(
  table: Table,
  labels: ArrayLike<number>,
  schema: DataSchema,
  train: RowRange,
): string | null {
  for (let row = 0; row < table.rowCount; row += 1) {
    if (!Number.isFinite(labels[row])) return `label "${schema.label}" of row ${row} is not a finite number`;
  }
  if (schema.classes.length > 0) {
    const seen = new Set<number>();
    for (let row = train.from; row < train.to; row += 1) seen.add(labels[row] ?? Number.NaN);
    if (seen.size < 2)
      return `label "${schema.label}" has one class only in the ${train.to - train.from} training rows`;
  }
  for (const { name } of schema.features) {
    const column = table.columns[name];
    if (column === undefined) return `feature "${name}" is not among the columns`;
    if (isAllMissing(column, train))
      return `feature "${name}" has no value in any training row: exclude it or mend its feed`;
  }
  return null;
}

function isAllMissing(column: Column, range: RowRange): boolean {
  for (let row = range.from; row < range.to; row += 1) {
    const value = column.values[row];
    if (column.kind === 'numeric' ? !Number.isNaN(value) : value !== null) return false;
  }
  return true;
}
