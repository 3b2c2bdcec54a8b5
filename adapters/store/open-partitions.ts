import type { DuckDBConnection } from '@duckdb/node-api';
import { localPartitions, type Partitions } from './partitions.ts';
import type { StoreLocation } from '../../config/store-location.ts';
import { openS3Partitions } from './s3-partitions.ts';

/** Where sealed segments go: beside the open ones, or to a bucket that many machines share. */
export async function openPartitions(
  connection: DuckDBConnection,
  root: string,
  s3: StoreLocation | null,
): Promise<Partitions> {
  return s3 === null ? localPartitions(root) : await openS3Partitions(connection, s3);
}
