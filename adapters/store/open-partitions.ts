import type { DuckDBConnection } from '@duckdb/node-api';
import { localPartitions, type Partitions } from './partitions.ts';
import { openS3Partitions, type S3Location } from './s3-partitions.ts';

/** Where sealed segments go: beside the open ones, or to a bucket that many machines share. */
export async function openPartitions(
  connection: DuckDBConnection,
  root: string,
  s3: S3Location | null,
): Promise<Partitions> {
  return s3 === null ? localPartitions(root) : await openS3Partitions(connection, s3);
}
