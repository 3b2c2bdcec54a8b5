import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { asNumbers, asTexts, queryColumns, quoteName, quoteText } from '../duckdb/columns.ts';
import { DataError } from './data-error.ts';
import { describeColumns } from './infer-schema.ts';

/** Does something with a CSV or Parquet file as a source for queries. Every error is a DataError that names the file. */
export async function withFile<T>(
  path: string,
  work: (connection: DuckDBConnection, source: string) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return await work(connection, await sourceOf(connection, path));
  } catch (error) {
    if (error instanceof DataError) throw prefixed(path, error);
    const message = error instanceof Error ? error.message : String(error);
    const hint = /unicode|utf-?8/i.test(message) ? ' (save it as UTF-8)' : '';
    throw new DataError(`${path} can't be read${hint}: ${message.split('\n')[0]}`, { cause: error });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Every message names its file. */
function prefixed(path: string, error: DataError): DataError {
  return error.message.includes(path) ? error : new DataError(`${path}: ${error.message}`, { cause: error });
}

/** What DuckDB reads. A CSV column of yes and no stays text: who sends rows and outcomes says yes and no, too. */
async function sourceOf(connection: DuckDBConnection, path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new DataError(`there is no file ${path}: mend data.path`);
  const extension = extname(path).toLowerCase();
  if (extension === '.parquet') return `read_parquet(${quoteText(path)})`;
  if (extension === '.csv') return await csvSource(connection, path);
  throw new DataError(`${path} is neither .csv nor .parquet: convert it to one of them`);
}

async function csvSource(connection: DuckDBConnection, path: string): Promise<string> {
  const options = ['sample_size = -1'];
  const source = (): string => `read_csv(${[quoteText(path), ...options].join(', ')})`;
  if (await hasDecimalCommas(connection, source())) options.push(`decimal_separator = ','`);
  const known = await describeColumns(connection, source());
  const textual: string[] = [];
  for (const [name, type] of known) {
    if (type === 'BOOLEAN' && !(await saysTrueAndFalse(connection, path, name))) textual.push(name);
  }
  const types = textual.map((name) => `${quoteText(name)}: 'VARCHAR'`);
  if (types.length > 0) options.push(`types = {${types.join(', ')}}`);
  return source();
}

/** Whether a column that was read as text holds nothing but numbers like 3,14. */
async function hasDecimalCommas(connection: DuckDBConnection, sniffed: string): Promise<boolean> {
  const known = await describeColumns(connection, sniffed);
  const texts = [...known].filter(([, type]) => type === 'VARCHAR').map(([name]) => quoteName(name));
  if (texts.length === 0) return false;
  const areNumbers = texts.map((name) => `bool_and(regexp_full_match(trim(${name}), '[-+]?\\d+(,\\d+)?'))`);
  const haveCommas = texts.map((name) => `bool_or(contains(${name}, ','))`);
  const both = texts.map((_, index) => `CAST(${areNumbers[index]} AND ${haveCommas[index]} AS DOUBLE)`);
  const { columns } = await queryColumns(connection, `SELECT ${both.join(', ')} FROM ${sniffed}`);
  return columns.some((column) => asNumbers(column)[0] === 1);
}

async function saysTrueAndFalse(connection: DuckDBConnection, path: string, column: string): Promise<boolean> {
  const { columns } = await queryColumns(
    connection,
    `SELECT DISTINCT lower(trim(${quoteName(column)})) FROM read_csv(${quoteText(path)}, all_varchar = true)`,
  );
  return asTexts(columns[0]).every((value) => value === null || value === '' || value === 'true' || value === 'false');
}
