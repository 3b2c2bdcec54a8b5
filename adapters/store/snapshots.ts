import { createHash } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DOUBLE, DuckDBDataChunk, VARCHAR, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import type { Column, DataSchema, RowRange } from '../../domain/table.ts';
import { quoteName, quoteText } from '../duckdb/columns.ts';
import { fillNumbers } from '../duckdb/vectors.ts';
import { syncDirectory, syncFile, temporaryName, writeDurably } from '../files/durable.ts';
import type { LabelledRows, Snapshot, SnapshotSplit } from '../ports/store.ts';
import { modelDirectory, StoreError } from './layout.ts';

export interface SnapshotContent {
  readonly model: string;
  readonly schema: DataSchema;
  readonly rows: LabelledRows;
  readonly split: SnapshotSplit;
}

const chunkRows = 2_048;
/** Names of the columns that are no features; no feature may have them. */
export const rowColumn = '__row';
export const keyColumn = '__key';
export const labelColumn = '__label';

function snapshotPath(root: string, model: string, id: string, extension: string): string {
  return join(modelDirectory(root, model), 'snapshots', `${id}.${extension}`);
}

/** Writes the rows as Parquet under the hash of their content; the description is written last, so that it vouches for them. */
export async function writeSnapshot(
  connection: DuckDBConnection,
  root: string,
  content: SnapshotContent,
): Promise<Snapshot> {
  const id = hashContent(content);
  const { model, schema, rows, split } = content;
  const path = snapshotPath(root, model, id, 'parquet');
  const directory = join(modelDirectory(root, model), 'snapshots');
  await mkdir(directory, { recursive: true });
  const temporary = temporaryName(path);
  await copyToParquet(connection, content, `snapshot_${id.slice(0, 16)}`, temporary);
  await syncFile(temporary);
  await rename(temporary, path);
  await syncDirectory(directory);
  const rowCount = rows.table.rowCount;
  const snapshot = { id, model, path, schema, rowCount, split, lastKey: rows.keys[rowCount - 1] ?? '' };
  await writeDurably(snapshotPath(root, model, id, 'json'), JSON.stringify(snapshot));
  return snapshot;
}

/** Throws a StoreError where there is no such snapshot. */
export async function getSnapshot(root: string, model: string, id: string): Promise<Snapshot> {
  const file = snapshotPath(root, model, id, 'json');
  try {
    return {
      ...(JSON.parse(await readFile(file, 'utf8')) as Snapshot),
      path: snapshotPath(root, model, id, 'parquet'),
    };
  } catch (cause) {
    throw new StoreError(`there is no snapshot ${id} of ${model} (${file})`, { cause });
  }
}

function hashContent({ schema, rows, split }: SnapshotContent): string {
  const hash = createHash('sha256').update(JSON.stringify([schema, split, rows.keys]));
  hash.update(bytesOf(rows.labels));
  for (const { name } of schema.features) {
    const column = columnOf(rows, name);
    hash.update(column.kind === 'numeric' ? bytesOf(column.values) : JSON.stringify(column.values));
  }
  return hash.digest('hex');
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function columnOf({ table }: LabelledRows, name: string): Column {
  const column = table.columns[name];
  if (column === undefined) throw new StoreError(`feature "${name}" is not among the rows of the snapshot`);
  return column;
}

async function copyToParquet(
  connection: DuckDBConnection,
  { schema, rows }: SnapshotContent,
  name: string,
  path: string,
): Promise<void> {
  const features = schema.features.map((feature) => ({ name: feature.name, column: columnOf(rows, feature.name) }));
  const types: DuckDBType[] = [DOUBLE, VARCHAR, DOUBLE, ...features.map(({ column }) => typeOf(column))];
  const names = [rowColumn, keyColumn, labelColumn, ...features.map((feature) => quoteName(feature.name))];
  const columns = names.map((column, index) => `${column} ${String(types[index])}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${name} (${columns.join(', ')})`);
  try {
    const appender = await connection.createAppender(name, 'main', 'temp');
    for (let from = 0; from < rows.table.rowCount; from += chunkRows) {
      const to = Math.min(from + chunkRows, rows.table.rowCount);
      const chunk = DuckDBDataChunk.create(types, to - from);
      fillNumbers(
        chunk.getColumnVector(0),
        Float64Array.from({ length: to - from }, (_, offset) => from + offset),
      );
      chunk.setColumnValues(1, rows.keys.slice(from, to));
      fillNumbers(chunk.getColumnVector(2), rows.labels.subarray(from, to));
      for (const [index, { column }] of features.entries()) fillColumn(chunk, 3 + index, column, { from, to });
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await connection.run(`COPY (SELECT * FROM ${name} ORDER BY ${rowColumn}) TO ${quoteText(path)} (FORMAT parquet)`);
  } finally {
    await connection.run(`DROP TABLE IF EXISTS ${name}`);
  }
}

function typeOf(column: Column): DuckDBType {
  return column.kind === 'numeric' ? DOUBLE : VARCHAR;
}

function fillColumn(chunk: DuckDBDataChunk, index: number, column: Column, { from, to }: RowRange): void {
  if (column.kind === 'numeric') fillNumbers(chunk.getColumnVector(index), column.values.subarray(from, to));
  else chunk.setColumnValues(index, column.values.slice(from, to));
}
