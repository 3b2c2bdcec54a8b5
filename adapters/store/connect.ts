import type { DuckDBConnection } from '@duckdb/node-api';

/** Opens a connection of its own: each does one thing at a time. */
export type Connect = () => Promise<DuckDBConnection>;

export async function withConnection<T>(
  connect: Connect,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}
