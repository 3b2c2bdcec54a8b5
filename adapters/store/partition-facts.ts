import type { DuckDBConnection } from '@duckdb/node-api';
import type { PartFacts } from '../../domain/retention/find-expired.ts';
import { asNumbers, asTexts, queryColumns, quoteText } from '../duckdb/columns.ts';
import type { RecordKind } from './layout.ts';
import type { Partition } from './partitions.ts';

export interface KnownPartition extends PartFacts {
  readonly partition: Partition;
}

/** Says what is in partitions. They never change, so that each is read once. */
export interface FactsReader {
  read(kind: RecordKind, partitions: readonly Partition[]): Promise<readonly KnownPartition[]>;
}

/** Each id counts once among labels: the first of several is the one on record. */
const timeAndRows: Readonly<Record<RecordKind, string>> = {
  predictions: 'max(coalesce(eventMs, atMs)), CAST(count(*) AS DOUBLE)',
  labels: 'max(atMs), CAST(count(DISTINCT id) AS DOUBLE)',
  contradictions: 'max(atMs), CAST(count(*) AS DOUBLE)',
};

export function createFactsReader(connection: DuckDBConnection): FactsReader {
  const known = new Map<string, PartFacts>();
  return {
    async read(kind, partitions) {
      const unknown = partitions.filter(({ path }) => !known.has(path));
      if (unknown.length > 0) await look(connection, kind, unknown, known);
      return partitions.flatMap((partition) => {
        const facts = known.get(partition.path);
        // One without rows is left alone.
        return facts === undefined ? [] : [{ ...facts, partition }];
      });
    },
  };
}

async function look(
  connection: DuckDBConnection,
  kind: RecordKind,
  partitions: readonly Partition[],
  known: Map<string, PartFacts>,
): Promise<void> {
  const files = partitions.map(({ path }) => quoteText(path)).join(', ');
  const { columns } = await queryColumns(
    connection,
    `SELECT filename, min(id), max(id), ${timeAndRows[kind]}
     FROM read_parquet([${files}], filename = true, hive_partitioning = false) GROUP BY filename`,
  );
  const [paths, firstIds, lastIds] = [columns[0], columns[1], columns[2]].map(asTexts);
  const [newest, rows] = [columns[3], columns[4]].map(asNumbers);
  for (const [row, path] of (paths ?? []).entries()) {
    known.set(String(path), {
      rows: rows?.[row] ?? 0,
      firstId: firstIds?.[row] ?? '',
      lastId: lastIds?.[row] ?? '',
      newestMs: newest?.[row] ?? 0,
    });
  }
}
