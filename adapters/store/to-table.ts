import type { Column, Feature, Table } from '../../domain/table.ts';
import { asNumbers, asTexts, type QueryColumn } from '../duckdb/columns.ts';

/** The columns of a query, in the order of the features, as a table. */
export function toTable(features: readonly Feature[], columns: readonly QueryColumn[], rowCount: number): Table {
  const named = features.map(({ name, type }, index) => [name, toColumn(type, columns[index])] as const);
  return { rowCount, columns: Object.fromEntries(named) };
}

function toColumn(type: Feature['type'], column: QueryColumn | undefined): Column {
  if (type === 'categorical') return { kind: 'categorical', values: asTexts(column) };
  return { kind: 'numeric', values: asNumbers(column) };
}
