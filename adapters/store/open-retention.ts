import { resolve } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { StoreLocation } from '../../config/store-location.ts';
import { findExpired, findOrphaned } from '../../domain/retention/find-expired.ts';
import type { Retention } from '../ports/store.ts';
import { createFactsReader, type FactsReader, type KnownPartition } from './partition-facts.ts';
import { listSegments, recordKinds, type Places, type RecordKind } from './layout.ts';
import { openPartitions } from './open-partitions.ts';
import { begunAtMs } from './partitions.ts';

export interface RetentionOptions {
  readonly directory: string;
  /** Where sealed segments lie. @default in the directory */
  readonly s3?: StoreLocation | null;
}

/** An open segment may hold a prediction whose id is a little older than its own name. */
const openMarginMs = 86_400_000;

/**
 * Opens what removes old partitions. A tombstone is written before a file goes, and counts instead of it from then on: whoever dies
 * between the two has removed it all the same, and the next removal takes the file away. Several processes may remove at the same time.
 */
export async function openRetention({ directory, s3 = null }: RetentionOptions): Promise<Retention> {
  const root = resolve(directory);
  const connection: DuckDBConnection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  return createRetention(connection, { root, partitions: await openPartitions(connection, root, s3) });
}

/** @param connection must be able to read the partitions */
export function createRetention(connection: DuckDBConnection, places: Places): Retention {
  const facts = createFactsReader(connection);
  return {
    async removeExpired(model, rule) {
      for (const kind of recordKinds) await finish(places, model, kind);
      const { sealed } = await listSegments(places, model, 'predictions');
      const expired = findExpired(await facts.read('predictions', sealed), rule);
      const predictions = await remove(places, model, 'predictions', expired);
      const oldestId = await findOldest(places, facts, model);
      const labels = await removeOrphaned(places, facts, model, 'labels', oldestId);
      await removeOrphaned(places, facts, model, 'contradictions', oldestId);
      return {
        partitions: predictions.partitions + labels.partitions,
        predictions: predictions.rows,
        labels: labels.rows,
      };
    },
  };
}

interface Gone {
  readonly partitions: number;
  readonly rows: number;
}

/** Takes away the files of what was removed when its remover died. */
async function finish({ partitions }: Places, model: string, kind: RecordKind): Promise<void> {
  const files = await partitions.list(model, kind);
  const gone = new Set((await partitions.listRemoved(model, kind)).map(({ stem }) => stem));
  for (const file of files) if (gone.has(file.stem)) await partitions.remove(file);
}

async function remove(
  { partitions }: Places,
  model: string,
  kind: RecordKind,
  expired: readonly KnownPartition[],
): Promise<Gone> {
  for (const { partition, rows, lastId, newestMs } of expired) {
    await partitions.markRemoved(model, kind, { stem: partition.stem, rows, lastId, newestMs });
    await partitions.remove(partition);
  }
  return { partitions: expired.length, rows: expired.reduce((sum, { rows }) => sum + rows, 0) };
}

async function removeOrphaned(
  places: Places,
  facts: FactsReader,
  model: string,
  kind: RecordKind,
  oldestId: string,
): Promise<Gone> {
  const { sealed } = await listSegments(places, model, kind);
  return await remove(places, model, kind, findOrphaned(await facts.read(kind, sealed), oldestId));
}

/** No prediction that is kept has an older id. */
async function findOldest(places: Places, facts: FactsReader, model: string): Promise<string> {
  const { open, sealed } = await listSegments(places, model, 'predictions');
  const first = (await facts.read('predictions', sealed)).map(({ firstId }) => firstId);
  const begun = open.map(({ stem }) => begunAtMs(stem) - openMarginMs);
  const ids = [...first, ...begun.map((ms) => String(Math.max(0, ms)).padStart(13, '0'))];
  return ids.reduce((oldest, id) => (id < oldest ? id : oldest), ids[0] ?? '');
}
