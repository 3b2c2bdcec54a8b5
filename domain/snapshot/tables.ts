import type { Column, DataSchema, RowRange, Table } from '../table.ts';

/** Rows `range` of a column; numeric values are a view, not a copy. */
function sliceColumn(column: Column, range: RowRange): Column {
  if (column.kind === 'numeric') return { kind: 'numeric', values: column.values.subarray(range.from, range.to) };
  return { kind: 'categorical', values: column.values.slice(range.from, range.to) };
}

export function sliceTable(table: Table, range: RowRange): Table {
  const columns = Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [name, sliceColumn(column, range)]),
  );
  return { rowCount: range.to - range.from, columns };
}

/** The rows of these indices, in their order. */
export function pickRows(table: Table, rows: readonly number[]): Table {
  const pick = (column: Column): Column =>
    column.kind === 'numeric'
      ? { kind: 'numeric', values: Float64Array.from(rows, (row) => column.values[row]!) }
      : { kind: 'categorical', values: rows.map((row) => column.values[row] ?? null) };
  const columns = Object.entries(table.columns).map(([name, column]) => [name, pick(column)] as const);
  return { rowCount: rows.length, columns: Object.fromEntries(columns) };
}

/** Puts tables of one schema below each other. Throws where a feature is missing or of another kind. */
export function concatTables(schema: DataSchema, tables: readonly Table[]): Table {
  const rowCount = tables.reduce((sum, table) => sum + table.rowCount, 0);
  const columns = Object.fromEntries(
    schema.features.map(({ name }) => [
      name,
      concatColumns(
        name,
        tables.map((table) => table.columns[name]),
        rowCount,
      ),
    ]),
  );
  return { rowCount, columns };
}

function concatColumns(name: string, parts: readonly (Column | undefined)[], rowCount: number): Column {
  const [first] = parts;
  if (first?.kind === 'categorical') {
    return { kind: 'categorical', values: parts.flatMap((part) => categoricalValues(name, part)) };
  }
  const values = new Float64Array(rowCount);
  let offset = 0;
  for (const part of parts) {
    if (part?.kind !== 'numeric') throw mismatch(name);
    values.set(part.values, offset);
    offset += part.values.length;
  }
  return { kind: 'numeric', values };
}

function categoricalValues(name: string, part: Column | undefined): readonly (string | null)[] {
  if (part?.kind !== 'categorical') throw mismatch(name);
  return part.values;
}

function mismatch(name: string): Error {
  return new Error(`feature "${name}" is missing or of another type in a part of the rows`);
}
