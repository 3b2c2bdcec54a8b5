import type { DuckDBConnection, DuckDBVector } from '@duckdb/node-api';
import type { QueryColumn, QueryColumns } from './columns.ts';
import { copyNumbers } from './vectors.ts';

/**
 * Runs a query whose first column says at which of `rowCount` places each row belongs, and reads the others: chunk by chunk, so that nothing
 * but the columns themselves is ever in memory, and without the database sorting anything. Cast columns to DOUBLE or VARCHAR in the query.
 */
export async function placeColumns(connection: DuckDBConnection, sql: string, rowCount: number): Promise<QueryColumns> {
  const result = await connection.stream(sql);
  const fillers = result
    .columnTypes()
    .slice(1)
    .map((type) => (String(type) === 'DOUBLE' ? fillNumbers : fillTexts)(rowCount));
  let places = new Float64Array(0);
  let filled = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    if (places.length < chunk.rowCount) places = new Float64Array(chunk.rowCount);
    copyNumbers(chunk.getColumnVector(0), places, 0);
    const order = places.subarray(0, chunk.rowCount);
    for (const [index, { fill }] of fillers.entries()) fill(chunk.getColumnVector(index + 1), order);
    filled += chunk.rowCount;
  }
  if (filled !== rowCount) throw new Error(`${rowCount} rows were expected, but the query gave ${filled}`);
  return { rowCount, columns: fillers.map(({ column }) => column) };
}

interface Filler {
  readonly column: QueryColumn;
  fill(vector: DuckDBVector, places: Float64Array): void;
}

function fillNumbers(rowCount: number): Filler {
  const column = new Float64Array(rowCount);
  let values = new Float64Array(0);
  return {
    column,
    fill(vector, places) {
      if (values.length < places.length) values = new Float64Array(places.length);
      copyNumbers(vector, values, 0);
      const [first, last] = [places[0]!, places.at(-1)!];
      // As a rule a chunk's rows are neighbours, in order.
      if (last - first === places.length - 1 && places.every((place, item) => place === first + item)) {
        column.set(values.subarray(0, places.length), first);
      } else {
        for (let item = 0; item < places.length; item += 1) column[places[item]!] = values[item]!;
      }
    },
  };
}

function fillTexts(rowCount: number): Filler {
  const column: (string | null)[] = Array.from({ length: rowCount }, () => null);
  // A category is kept once, however many rows have it.
  const known = new Map<string, string>();
  const intern = (text: string): string => {
    const same = known.get(text);
    if (same !== undefined) return same;
    if (known.size < mostKnown) known.set(text, text);
    return text;
  };
  return {
    column,
    fill(vector, places) {
      for (let item = 0; item < places.length; item += 1) {
        const value = vector.getItem(item);
        column[places[item]!] = value === null ? null : intern(String(value));
      }
    },
  };
}

/** Of more texts than this no one is worth looking up: they are keys. */
const mostKnown = 10_000;
