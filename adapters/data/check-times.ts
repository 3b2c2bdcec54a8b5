import type { DuckDBConnection } from '@duckdb/node-api';
import type { DataSource } from '../../domain/project.ts';
import { asNumbers, asTexts, queryColumns, quoteName } from '../duckdb/columns.ts';
import { DataError } from './data-error.ts';
import { timestampExpression } from './infer-schema.ts';

/** Throws a DataError where a time can't be read, or a row has none. A label that is not known yet has no time. */
export async function checkTimes(connection: DuckDBConnection, source: string, data: DataSource): Promise<void> {
  if (data.time !== null) await checkColumn(connection, source, { name: data.time, role: 'time', mayBeMissing: false });
  if (data.labelTime !== null)
    await checkColumn(connection, source, { name: data.labelTime, role: 'labelTime', mayBeMissing: true });
}

interface TimeColumn {
  readonly name: string;
  readonly role: string;
  readonly mayBeMissing: boolean;
}

async function checkColumn(
  connection: DuckDBConnection,
  source: string,
  { name, role, mayBeMissing }: TimeColumn,
): Promise<void> {
  const text = `CAST(${quoteName(name)} AS VARCHAR)`;
  const unreadable = `${text} IS NOT NULL AND TRY(${timestampExpression(name)}) IS NULL`;
  const { columns } = await queryColumns(
    connection,
    `SELECT CAST(count(*) AS DOUBLE), CAST(count(*) FILTER (${text} IS NULL) AS DOUBLE),
      CAST(count(*) FILTER (${unreadable}) AS DOUBLE), min(${text}) FILTER (${unreadable}) FROM ${source}`,
  );
  const [rows = 0, missing = 0, wrong = 0] = columns.slice(0, 3).map((column) => asNumbers(column)[0] ?? 0);
  if (wrong > 0) {
    const example = asTexts(columns[3])[0];
    throw new DataError(
      `${role} "${name}" of ${wrong} of ${rows} rows is no time, e.g. "${example}": write "2026-01-31 12:00:00"`,
    );
  }
  if (missing > 0 && !mayBeMissing)
    throw new DataError(`${role} "${name}" is missing in ${missing} of ${rows} rows: leave them out of the file`);
}
