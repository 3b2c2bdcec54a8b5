import type { Table } from '../table.ts';

/** A numeric column, or an error that names it. */
export function numericColumn(table: Table, feature: string): Float64Array {
  const column = columnOf(table, feature);
  if (column.kind === 'numeric') return column.values;
  throw new TypeError(`Feature "${feature}" must be a numeric column here, but it is a categorical one`);
}

/** A categorical column, or an error that names it. */
export function categoricalColumn(table: Table, feature: string): readonly (string | null)[] {
  const column = columnOf(table, feature);
  if (column.kind === 'categorical') return column.values;
  throw new TypeError(`Feature "${feature}" must be a categorical column here, but it is a numeric one`);
}

function columnOf(table: Table, feature: string) {
  const column = Object.hasOwn(table.columns, feature) ? table.columns[feature] : undefined;
  if (column === undefined) throw new TypeError(`The table has no column for the feature "${feature}"`);
  return column;
}
