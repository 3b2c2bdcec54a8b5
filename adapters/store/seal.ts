import { rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../duckdb/columns.ts';
import { listOpenStems, openPath, type Places, type RecordKind } from './layout.ts';
import { readOpen } from './records.ts';

export interface CompleteSegment {
  readonly model: string;
  readonly kind: RecordKind;
  readonly stem: string;
}

/** Turns complete segments into Parquet, one after another. */
export interface Sealer {
  /** Never rejects: what can't be sealed stays readable as it is, and is tried again with the next one. */
  seal(segment: CompleteSegment): Promise<void>;
  /** Resolves when nothing is at work any more. */
  idle(): Promise<void>;
}

export function createSealer(
  connection: DuckDBConnection,
  places: Places,
  onSealFailed: (error: unknown) => void,
): Sealer {
  let waiting: CompleteSegment[] = [];
  let working: Promise<void> = Promise.resolve();
  const sealAll = async (): Promise<void> => {
    const due = waiting;
    waiting = [];
    for (const segment of due) {
      try {
        await sealSegment(connection, places, segment);
      } catch (error) {
        waiting.push(segment);
        onSealFailed(error);
      }
    }
  };
  return {
    seal(segment) {
      waiting.push(segment);
      working = working.then(sealAll);
      return working;
    },
    idle: () => working,
  };
}

/** The lines go only when the Parquet file is safe under its name. */
async function sealSegment(
  connection: DuckDBConnection,
  { root, partitions }: Places,
  { model, kind, stem }: CompleteSegment,
): Promise<void> {
  const lines = openPath(root, model, kind, stem);
  const source = `SELECT * FROM ${readOpen(kind, [lines])}`;
  await partitions.write(model, kind, stem, (path) =>
    connection.run(`COPY (${source}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`),
  );
  await rm(lines);
}

/**
 * Seals what an earlier process of this replica left behind. Only a name that is wholly this replica's counts: a living one may have a
 * name that begins alike.
 */
export async function sealOrphans(
  sealer: Sealer,
  { root, partitions }: Places,
  model: string,
  kind: RecordKind,
  replicaId: string,
): Promise<void> {
  const own = (await listOpenStems(root, model, kind)).filter(
    (stem) => stem.startsWith(`${replicaId}-`) && /^\d+-[0-9a-z]{6}$/.test(stem.slice(replicaId.length + 1)),
  );
  if (own.length === 0) return;
  const sealed = [...(await partitions.list(model, kind)), ...(await partitions.listRemoved(model, kind))];
  const done = new Set(sealed.map(({ stem }) => stem));
  for (const stem of own) {
    // It was sealed (and may have been removed since), and the process ended before the lines were gone.
    if (done.has(stem)) await rm(openPath(root, model, kind, stem), { force: true });
    else void sealer.seal({ model, kind, stem });
  }
}
