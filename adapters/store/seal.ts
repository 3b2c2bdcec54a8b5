import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../duckdb/columns.ts';
import { syncDirectory, syncFile, temporaryName } from '../files/durable.ts';
import { openDirectory, sealedDirectory, type RecordKind } from './layout.ts';
import { readOpen } from './records.ts';

/** Turns a complete segment into Parquet. The lines go only when the Parquet file is safe under its name. */
export async function sealSegment(
  connection: DuckDBConnection,
  root: string,
  model: string,
  kind: RecordKind,
  stem: string,
): Promise<void> {
  const lines = join(openDirectory(root, model, kind), `${stem}.ndjson`);
  const directory = sealedDirectory(root, model, kind);
  const sealed = join(directory, `${stem}.parquet`);
  await mkdir(directory, { recursive: true });
  const temporary = temporaryName(sealed);
  await connection.run(`COPY (SELECT * FROM ${readOpen(kind, [lines])}) TO ${quoteText(temporary)} (FORMAT parquet)`);
  await syncFile(temporary);
  await rename(temporary, sealed);
  await syncDirectory(directory);
  await rm(lines);
}
