import type { Feature, RowRange } from '../../domain/table.ts';
import { asNumbers, asTexts, queryColumns, quoteName, quoteText, type QueryColumns } from '../duckdb/columns.ts';
import { placeColumns } from '../duckdb/place-columns.ts';
import type { LabelledColumns, LabelledRows, Snapshot } from '../ports/store.ts';
import { withConnection, type Connect } from './connect.ts';
import { keyColumn, labelColumn, rowColumn } from './snapshots.ts';
import { toTable } from './to-table.ts';

export async function readSnapshot(connect: Connect, snapshot: Snapshot, range: RowRange): Promise<LabelledRows> {
  const { features } = snapshot.schema;
  const [keys, columns] = await Promise.all([
    readKeys(connect, snapshot, range),
    readSnapshotColumns(connect, snapshot, features, range),
  ]);
  return { keys, ...columns };
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

/** As one text, in a fifth of the time that it takes to ask for one after the other; or so, where a key has a line break. */
async function readKeys(connect: Connect, snapshot: Snapshot, range: RowRange): Promise<readonly string[]> {
  const { from, to } = within(snapshot, range);
  const sql = `SELECT string_agg(${keyColumn}, chr(10) ORDER BY ${rowColumn}) ${rowsOf(snapshot, { from, to })}`;
  const joined = await withConnection(connect, (connection) => queryColumns(connection, sql));
  const keys = asTexts(joined.columns[0])[0]?.split('\n') ?? [];
  if (keys.length === to - from) return keys;
  const { columns } = await readColumns(connect, snapshot, [keyColumn], range);
  return asTexts(columns[0]).map(String);
}

/** The label first. */
function selectable(features: readonly Feature[]): string[] {
  return [labelColumn, ...features.map(({ name }) => quoteName(name))];
}

async function readColumns(
  connect: Connect,
  snapshot: Snapshot,
  columns: readonly string[],
  range: RowRange,
): Promise<QueryColumns> {
  const { from, to } = within(snapshot, range);
  const sql = `SELECT ${[`${rowColumn} - ${from}`, ...columns].join(', ')} ${rowsOf(snapshot, { from, to })}`;
  return await withConnection(connect, (connection) => placeColumns(connection, sql, to - from));
}

function within({ rowCount }: Snapshot, range: RowRange): RowRange {
  const from = Math.max(0, range.from);
  return { from, to: Math.max(from, Math.min(rowCount, range.to)) };
}

function rowsOf({ path }: Snapshot, { from, to }: RowRange): string {
  return `FROM read_parquet(${quoteText(path)}) WHERE ${rowColumn} >= ${from} AND ${rowColumn} < ${to}`;
}
