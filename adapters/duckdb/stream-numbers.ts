import type { DuckDBConnection } from '@duckdb/node-api';
import { copyNumbers } from './vectors.ts';

/** Hands the numbers of each column to its taker, a few thousand rows at a time; what a taker is given is written over afterwards. */
export async function streamNumbers(
  connection: DuckDBConnection,
  { columns, source }: { readonly columns: readonly string[]; readonly source: string },
  takers: readonly ((values: Float64Array) => void)[],
): Promise<void> {
  if (columns.length === 0) return;
  const result = await connection.stream(`SELECT ${columns.join(', ')} FROM ${source}`);
  let buffer = new Float64Array(0);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    if (buffer.length < chunk.rowCount) buffer = new Float64Array(chunk.rowCount);
    for (const [index, take] of takers.entries()) {
      copyNumbers(chunk.getColumnVector(index), buffer, 0);
      take(buffer.subarray(0, chunk.rowCount));
    }
  }
}
