import type { Feature, RowRange } from '../../domain/table.ts';
import { asNumbers, asTexts, quoteName, quoteText, type QueryColumns } from '../duckdb/columns.ts';
import { placeColumns } from '../duckdb/place-columns.ts';
import type { LabelledColumns, LabelledRows, Snapshot } from '../ports/store.ts';
import { withConnection, type Connect } from './connect.ts';
import { keyColumn, labelColumn, rowColumn } from './snapshots.ts';
import { toTable } from './to-table.ts';

export async function readSnapshot(connect: Connect, snapshot: Snapshot, range: RowRange): Promise<LabelledRows> {
  const { features } = snapshot.schema;
  const { rowCount, columns } = await readColumns(connect, snapshot, [keyColumn, ...selectable(features)], range);
  return {
    keys: asTexts(columns[0]).map(String),
    labels: asNumbers(columns[1]),
    table: toTable(features, columns.slice(2), rowCount),
  };
}

export async function readSnapshotColumns(
  connect: Connect,
  snapshot: Snapshot,
  features: readonly Feature[],
  range: RowRange,
): Promise<LabelledColumns> {
  const { rowCount, columns } = await readColumns(connect, snapshot, selectable(features), range);
  return { labels: asNumbers(columns[0]), table: toTable(features, columns.slice(1), rowCount) };
}

/** The label first. */
function selectable(features: readonly Feature[]): string[] {
  return [labelColumn, ...features.map(({ name }) => quoteName(name))];
}

async function readColumns(
  connect: Connect,
  { path, rowCount }: Snapshot,
  columns: readonly string[],
  range: RowRange,
): Promise<QueryColumns> {
  const [from, to] = [Math.max(0, range.from), Math.min(rowCount, range.to)];
  const sql = `SELECT ${[`${rowColumn} - ${from}`, ...columns].join(', ')} FROM read_parquet(${quoteText(path)})
    WHERE ${rowColumn} >= ${from} AND ${rowColumn} < ${to}`;
  return await withConnection(connect, (connection) => placeColumns(connection, sql, Math.max(0, to - from)));
}
