import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { queryColumns, quoteName, quoteText } from '../duckdb/columns.ts';
import { DataError } from './data-error.ts';
import { describeColumns, featureType, isFeatureType } from './infer-schema.ts';

/** A row of a file of outcomes, as it stands there; what is absent or empty is null. */
export interface FiledOutcome {
  /** From 1; in a CSV file the header is line 1, in a Parquet file it is the number of the row. */
  readonly line: number;
  readonly id: unknown;
  readonly entity: unknown;
  readonly time: unknown;
  readonly label: unknown;
  readonly labelTime: unknown;
}

const fields = ['id', 'entity', 'time', 'label', 'labelTime'] as const;
type Values = Readonly<Record<string, unknown>>;

/**
 * Reads outcomes from CSV, NDJSON or Parquet: `id` and `label`, or `entity`, `time` and `label`, and where it is known
 * `label_time`. Other columns are passed over. Throws a DataError for a file that can't be read.
 */
export async function readOutcomeFile(path: string): Promise<readonly FiledOutcome[]> {
  if ((await stat(path).catch(() => null)) === null) throw new DataError(`there is no file ${path}`);
  const rows = await readRows(path);
  if (rows.length === 0) throw new DataError(`${path} has no rows`);
  return rows;
}

async function readRows(path: string): Promise<readonly FiledOutcome[]> {
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return await readTable(path, `read_csv(${quoteText(path)}, header = true, all_varchar = true)`, 2);
    case '.parquet':
      return await readTable(path, `read_parquet(${quoteText(path)})`, 1);
    case '.ndjson':
    case '.jsonl':
      return await readLines(path);
    default:
      throw new DataError(`${path} is none of .csv, .ndjson, .jsonl and .parquet: convert it to one of them`);
  }
}

async function readTable(path: string, source: string, firstLine: number): Promise<readonly FiledOutcome[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return await readColumns(connection, path, source, firstLine);
  } catch (error) {
    if (error instanceof DataError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new DataError(`${path} can't be read: ${message}`, { cause: error });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readColumns(
  connection: DuckDBConnection,
  path: string,
  source: string,
  firstLine: number,
): Promise<readonly FiledOutcome[]> {
  const known = await describeColumns(connection, source);
  checkColumns(path, [...known.keys()]);
  const names = [...known.keys()].filter((name) => isField(name));
  const expressions = names.map((name) => expressionFor(name, known.get(name) ?? ''));
  const { rowCount, columns } = await queryColumns(connection, `SELECT ${expressions.join(', ')} FROM ${source}`);
  return Array.from({ length: rowCount }, (_, row) => {
    const values = Object.fromEntries(names.map((name, index) => [name, columns[index]?.[row] ?? null]));
    return toFiled(values, firstLine + row);
  });
}

/** Numbers as such, times in ISO 8601, all else as text. */
function expressionFor(name: string, type: string): string {
  const column = quoteName(name);
  const kind = isFeatureType(type) ? featureType(name, type) : 'categorical';
  if (kind === 'numeric' && name === 'label') return `CAST(${column} AS DOUBLE)`;
  if (kind !== 'timestamp') return `CAST(${column} AS VARCHAR)`;
  const atMs = type === 'DATE' ? `epoch_ms(CAST(${column} AS TIMESTAMP))` : `epoch_ms(${column})`;
  return `strftime(make_timestamp(${atMs} * 1000), '%Y-%m-%dT%H:%M:%S.%gZ')`;
}

async function readLines(path: string): Promise<readonly FiledOutcome[]> {
  const rows: FiledOutcome[] = [];
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() !== '') rows.push(toFiled(parseLine(path, line, text), line));
  }
  return rows;
}

function parseLine(path: string, line: number, text: string): Values {
  const value = parseOrNull(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DataError(`${path}, line ${line} is no JSON object: write one on each line`);
  }
  return { ...value };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function toFiled(values: Values, line: number): FiledOutcome {
  const of = (name: string): unknown => (values[name] === '' ? null : (values[name] ?? null));
  const [id, entity, time, label] = [of('id'), of('entity'), of('time'), of('label')];
  return { line, id, entity, time, label, labelTime: of('labelTime') ?? of('label_time') };
}

const isField = (name: string): boolean => name === 'label_time' || (fields as readonly string[]).includes(name);

function checkColumns(path: string, names: readonly string[]): void {
  const has = (name: string): boolean => names.includes(name);
  if (has('label') && (has('id') || (has('entity') && has('time')))) return;
  const wanted = 'the columns id and label, or entity, time and label';
  throw new DataError(`${path} needs ${wanted}; it has ${names.join(', ')}`);
}
