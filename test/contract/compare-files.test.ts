import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { compareFiles } from '../../adapters/data/compare-files.ts';
import { featureExpression } from '../../adapters/data/infer-schema.ts';
import { asNumbers, queryColumns, quoteText } from '../../adapters/duckdb/columns.ts';
import { toTable } from '../../adapters/store/to-table.ts';
import { countColumn, describeColumn } from '../../domain/drift/column-histogram.ts';
import { judgeDrift, type DriftReport } from '../../domain/drift/judge.ts';
import type { Feature, Table } from '../../domain/table.ts';
import { temporaryFolder } from '../support/folders.ts';

const features: readonly Feature[] = [
  { name: 'price', type: 'numeric' },
  { name: 'sparse', type: 'numeric' },
  { name: 'whole', type: 'numeric' },
  { name: 'seen', type: 'timestamp' },
  { name: 'region', type: 'categorical' },
  { name: 'reading', type: 'categorical' },
];

/** Repeatable whatever the threads: everything is a hash of the row's number. */
const columns = (shift: number) => `
  hash(i, 1) / 2.0 ** 64 + ${shift} AS price,
  CASE WHEN hash(i, 2) % 3 > 0 THEN hash(i, 3) / 2.0 ** 64 END AS sparse,
  CAST(hash(i, 4) % 5 AS INTEGER) AS whole,
  TIMESTAMP '2026-01-01' + to_seconds(CAST(hash(i, 5) % 1000000 AS BIGINT)) AS seen,
  CASE WHEN hash(i, 6) % 9 > 0 THEN 'it''s ' || hash(i, 7) % 7 END AS region,
  'reading ' || i AS reading`;

async function write(rows: number, shift: number, offset: number): Promise<string> {
  const path = join(await temporaryFolder(), 'rows.parquet');
  await withConnection((connection) =>
    connection.run(
      `COPY (SELECT ${columns(shift)} FROM range(${offset}, ${offset + rows}) t(i)) TO ${quoteText(path)} (FORMAT parquet)`,
    ),
  );
  return path;
}

async function withConnection<T>(
  work: (connection: Awaited<ReturnType<DuckDBInstance['connect']>>) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readTable(path: string): Promise<Table> {
  const sql = `SELECT ${features.map(featureExpression).join(', ')} FROM read_parquet(${quoteText(path)})`;
  const result = await withConnection((connection) => queryColumns(connection, sql));
  return toTable(features, result.columns, result.rowCount);
}

/** The same question, with both windows in memory. */
async function compareInMemory(reference: string, current: string): Promise<DriftReport> {
  const [before, after] = [await readTable(reference), await readTable(current)];
  return judgeDrift({
    features: features.map(({ name, type }) => {
      const cut = describeColumn(type, before.columns[name]!);
      return { name, reference: cut, current: countColumn(cut.spec, after.columns[name]!) };
    }),
  });
}

describe('the drift of a file', () => {
  it('is what the same rows in memory say', async () => {
    const [reference, current] = [await write(5_000, 0, 0), await write(3_000, 0.1, 5_000)];
    const report = await compareFiles({ reference, current, exclude: [] });
    expect(report).toEqual(await compareInMemory(reference, current));
    expect(report.drifted.map(({ feature }) => feature)).toEqual(['price']);
  });

  it('is judged on cells of a sample where the reference is long, counting every row', async () => {
    const [reference, current] = [await write(20_000, 0, 0), await write(20_000, 0.1, 20_000)];
    const report = await compareFiles({ reference, current, exclude: [], rowsToCut: 5_000 });
    expect(report.drifted.map(({ feature }) => feature)).toEqual(['price']);
    expect(report.verdict.checks.every(({ reason }) => reason.includes('20,000 against 20,000 rows'))).toBe(true);
    expect(await compareFiles({ reference, current, exclude: [], rowsToCut: 5_000 })).toEqual(report);
  });

  it('leaves out the columns that it is told to', async () => {
    const [reference, current] = [await write(500, 0, 0), await write(500, 1, 500)];
    const { verdict } = await compareFiles({ reference, current, exclude: ['price', 'reading'] });
    expect(verdict).toMatchObject({ outcome: 'pass', reason: 'None of 4 features has drifted' });
  });

  it('names the file or the column that is not there', async () => {
    const reference = await write(500, 0, 0);
    await expect(compareFiles({ reference, current: '/none.parquet', exclude: [] })).rejects.toThrow('no file /none');
    await expect(compareFiles({ reference, current: reference, exclude: ['regoin'] })).rejects.toThrow(
      'did you mean "region"',
    );
  });
});

describe('numbers of a query', () => {
  it('are NaN where the value is missing, in chunks with and without missing values', async () => {
    const sql = 'SELECT CASE WHEN i % 3000 = 7 THEN NULL ELSE CAST(i AS DOUBLE) END FROM range(9000) t(i)';
    const { columns: found } = await withConnection((connection) => queryColumns(connection, sql));
    const expected = Float64Array.from({ length: 9_000 }, (_, i) => (i % 3_000 === 7 ? Number.NaN : i));
    expect(asNumbers(found[0])).toEqual(expected);
  });
});
