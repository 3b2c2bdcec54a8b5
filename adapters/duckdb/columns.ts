import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { copyNumbers } from './vectors.ts';

/** A query's answer by column: DOUBLE columns as numbers with NaN for NULL, all others as texts with null. */
export type QueryColumn = Float64Array | (string | null)[];

export interface QueryColumns {
  readonly rowCount: number;
  readonly columns: readonly QueryColumn[];
}

/** Runs a query and reads its columns without making an object of every row. Cast columns to DOUBLE or VARCHAR in the query. */
export async function queryColumns(connection: DuckDBConnection, sql: string): Promise<QueryColumns> {
  const result = await connection.run(sql);
  const chunks = await result.fetchAllChunks();
  const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const columns = result.columnTypes().map((type, index) => {
    const isNumeric = String(type) === 'DOUBLE';
    return isNumeric ? readNumbers(chunks, index, rowCount) : readTexts(chunks, index);
  });
  return { rowCount, columns };
}

type Chunks = Awaited<ReturnType<Awaited<ReturnType<DuckDBConnection['run']>>['fetchAllChunks']>>;

function readNumbers(chunks: Chunks, index: number, rowCount: number): Float64Array {
  const values = new Float64Array(rowCount);
  let row = 0;
  for (const chunk of chunks) {
    copyNumbers(chunk.getColumnVector(index), values, row);
    row += chunk.rowCount;
  }
  return values;
}

function readTexts(chunks: Chunks, index: number): (string | null)[] {
  return chunks.flatMap((chunk) => {
    const vector = chunk.getColumnVector(index);
    return Array.from({ length: chunk.rowCount }, (_, item) => toText(vector.getItem(item)));
  });
}

function toText(value: DuckDBValue): string | null {
  return value === null ? null : String(value);
}

/** The column as numbers; throws where the query did not cast it to DOUBLE. */
export function asNumbers(column: QueryColumn | undefined): Float64Array {
  if (column instanceof Float64Array) return column;
  throw new TypeError('the query gave texts where numbers were expected: cast the column to DOUBLE');
}

export function asTexts(column: QueryColumn | undefined): (string | null)[] {
  if (Array.isArray(column)) return column;
  throw new TypeError('the query gave numbers where texts were expected: cast the column to VARCHAR');
}

/** A column's name inside a query. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text inside a query. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
