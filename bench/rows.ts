import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { quoteText } from '../adapters/duckdb/columns.ts';
import { createRng } from '../domain/math/rng.ts';
import { cacheFolder } from './peers.ts';

const numericColumns = 15;
const categoricalColumns = 5;
/** The columns that differ between the reference and the current window, by this many standard deviations. */
const shifted = ['n0', 'n1'];
const shift = 0.3;

/** Uniform in (0, 1], a function of the row and the column alone, so that the rows are the same whatever the threads. */
const uniform = (column: number) => `((hash(i, ${column}) % 1000000007 + 1) / 1000000007.0)`;

/** A column of normal numbers, in SQL over rows `i`. */
export function normal(column: number, mean: number): string {
  const radius = `sqrt(-2 * ln(${uniform(2 * column)}))`;
  return `round(${radius} * cos(2 * pi() * ${uniform(2 * column + 1)}) + ${mean}, 3) AS n${column}`;
}

/** 5 to 45 categories, the first ones rarest. */
function category(index: number): string {
  return `'category ' || CAST(floor(sqrt(${uniform(100 + index)}) * ${5 + 10 * index}) AS INTEGER) AS k${index}`;
}

/** A Parquet file of 15 numeric and 5 categorical columns; made once, then found in the cache. */
export async function writeRows(window: 'reference' | 'current', rows: number): Promise<string> {
  const path = join(cacheFolder(), `${window}-${rows}.parquet`);
  if (existsSync(path)) return path;
  process.stderr.write(`writing ${path}\n`);
  await mkdir(cacheFolder(), { recursive: true });
  const mean = (name: string) => (window === 'current' && shifted.includes(name) ? shift : 0);
  const columns = [
    ...Array.from({ length: numericColumns }, (_, column) => normal(column, mean(`n${column}`))),
    ...Array.from({ length: categoricalColumns }, (_, column) => category(column)),
  ];
  const first = window === 'reference' ? 0 : rows;
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const select = `SELECT ${columns.join(', ')} FROM range(${first}, ${first + rows}) t(i)`;
  await connection.run(`COPY (${select}) TO ${quoteText(`${path}.unfinished`)} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  await rename(`${path}.unfinished`, path);
  return path;
}

/** A file of 0/1 errors as little-endian doubles: a rate of .2 that rises to .3 and falls back every 100,000. */
export async function writeErrors(count: number): Promise<string> {
  const path = join(cacheFolder(), `errors-${count}.bin`);
  await mkdir(cacheFolder(), { recursive: true });
  const random = createRng(1);
  const errors = Float64Array.from({ length: count }, (_, index) =>
    random() < (Math.floor(index / 100_000) % 2 === 0 ? 0.2 : 0.3) ? 1 : 0,
  );
  await writeFile(path, new Uint8Array(errors.buffer));
  return path;
}
