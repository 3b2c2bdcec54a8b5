import { stat } from 'node:fs/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { judgeDrift, type DriftPolicy, type DriftReport } from '../../domain/drift/judge.ts';
import type { Feature } from '../../domain/table.ts';
import { asNumbers, queryColumns, quoteText } from '../duckdb/columns.ts';
import { countWindow, describeWindow } from './count-window.ts';
import { DataError } from './data-error.ts';
import { describeColumns, featureType, requireColumn } from './infer-schema.ts';

export interface FileComparison {
  /** Parquet files; what the columns of the reference are called, the current file must have. */
  readonly reference: string;
  readonly current: string;
  /** Columns to leave out: ids, times, labels. */
  readonly exclude: readonly string[];
  /**
   * Cells are cut on a reference of up to so many rows, or on a sample of about so many of a longer one. The sample is the same each
   * time, and every row is counted.
   * @default 200,000
   */
  readonly rowsToCut?: number;
}

const defaultRowsToCut = 200_000;

/**
 * Have the rows of one file drifted from those of another? The files are read as a stream and only counted, so that memory grows
 * with the features, not with the rows. Throws a DataError for files that can't be compared.
 */
export async function compareFiles(
  { reference, current, exclude, rowsToCut = defaultRowsToCut }: FileComparison,
  policy?: DriftPolicy,
): Promise<DriftReport> {
  const instance = await DuckDBInstance.create(':memory:');
  const connections = { numbers: await instance.connect(), categories: await instance.connect() };
  try {
    const [from, to] = [await parquetSource(reference), await parquetSource(current)];
    const features = await findFeatures(connections.numbers, [from, to], exclude);
    const { source: sample, isWhole } = await sampleToCut(connections.numbers, reference, rowsToCut);
    const cut = await describeWindow(connections, sample, features);
    const before = isWhole ? cut : await countWindow(connections, from, cut);
    const after = await countWindow(connections, to, cut);
    const pairs = before.map(({ feature: { name }, histogram }, index) => ({
      name,
      reference: histogram,
      current: after[index]!.histogram,
    }));
    return judgeDrift({ features: pairs }, policy);
  } finally {
    for (const connection of Object.values(connections)) connection.closeSync();
    instance.closeSync();
  }
}

async function parquetSource(path: string): Promise<string> {
  if ((await stat(path).catch(() => null)) === null) throw new DataError(`there is no file ${path}`);
  if (!path.toLowerCase().endsWith('.parquet')) throw new DataError(`${path} is no .parquet file: convert it to one`);
  return `read_parquet(${quoteText(path)})`;
}

async function findFeatures(
  connection: DuckDBConnection,
  [reference, current]: readonly [string, string],
  exclude: readonly string[],
): Promise<readonly Feature[]> {
  const known = await describeColumns(connection, reference);
  const present = await describeColumns(connection, current);
  for (const name of exclude) requireColumn(known, name, 'columns to leave out');
  const names = [...known].filter(([name]) => !exclude.includes(name));
  return names.map(([name, type]) => {
    requireColumn(present, name, 'current window, which the reference has');
    return { name, type: featureType(name, type) };
  });
}

/** The whole reference, or rows of it that a hash of their position chooses. */
async function sampleToCut(
  connection: DuckDBConnection,
  path: string,
  rowsToCut: number,
): Promise<{ readonly source: string; readonly isWhole: boolean }> {
  const { columns } = await queryColumns(
    connection,
    `SELECT CAST(count(*) AS DOUBLE) FROM read_parquet(${quoteText(path)})`,
  );
  const rows = asNumbers(columns[0])[0] ?? 0;
  if (rows <= rowsToCut) return { source: `read_parquet(${quoteText(path)})`, isWhole: true };
  const everyHash = 2 ** 20;
  const chosen = Math.ceil((rowsToCut / rows) * everyHash);
  const numbered = `read_parquet(${quoteText(path)}, file_row_number = true)`;
  return {
    source: `(SELECT * FROM ${numbered} WHERE hash(file_row_number) % ${everyHash} < ${chosen})`,
    isWhole: false,
  };
}
