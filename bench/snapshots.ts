import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { quoteText } from '../adapters/duckdb/columns.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
import { cacheFolder } from './peers.ts';
import { normal } from './rows.ts';

const columnCount = 20;

/** A store with one snapshot of 20 numeric columns and a label that no line tells; made once, then found in the cache. */
export async function writeBenchSnapshot(rows: number): Promise<string> {
  const folder = join(cacheFolder(), `snapshot-${rows}`);
  if (existsSync(folder)) return folder;
  process.stderr.write(`writing ${folder}\n`);
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await writeParquet(join(unfinished, 'rows.parquet'), rows);
  const features = Array.from({ length: columnCount }, (_, column) => ({
    name: `n${column}`,
    type: 'numeric' as const,
  }));
  const [learned, checked] = [Math.floor(0.8 * rows), Math.floor(0.9 * rows)];
  const snapshot: Omit<Snapshot, 'path'> = {
    id: `bench-${rows}`,
    model: 'bench',
    schema: { features, label: 'y', classes: ['0', '1'] },
    rowCount: rows,
    split: {
      train: { from: 0, to: learned },
      validation: { from: learned, to: checked },
      holdout: { from: checked, to: rows },
    },
    lastKey: String(rows - 1),
  };
  await writeFile(join(unfinished, 'snapshot.json'), JSON.stringify(snapshot));
  await rename(unfinished, folder);
  return folder;
}

export async function readBenchSnapshot(folder: string): Promise<Snapshot> {
  const snapshot = JSON.parse(await readFile(join(folder, 'snapshot.json'), 'utf8')) as Snapshot;
  return { ...snapshot, path: join(folder, 'rows.parquet') };
}

async function writeParquet(path: string, rows: number): Promise<void> {
  const columns = Array.from({ length: columnCount }, (_, column) => normal(column, 0));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const select = `SELECT CAST(i AS DOUBLE) AS __row, CAST(i AS VARCHAR) AS __key, ${columns.join(', ')} FROM range(${rows}) t(i)`;
  await connection.run(
    `COPY (SELECT *, CAST(n0 * n1 > 0 AS DOUBLE) AS __label FROM (${select})) TO ${quoteText(path)} (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
}
