import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { isModelName } from '../files/names.ts';
import type { PredictionLog } from '../ports/store.ts';
import { findAboutEntities, findLabels, findLogged, findTraces, type LabelSources } from './find-predictions.ts';
import { createBoundedIds, createKnownIds, type KnownIds, type LabelOnRecord } from './known-ids.ts';
import { recordKinds, type Places } from './layout.ts';
import { openPartitions } from './open-partitions.ts';
import type { StoreLocation } from '../../config/store-location.ts';
import { sumRemoved } from './tombstones.ts';
import { createFactsReader } from './partition-facts.ts';
import { toPredictionLine } from './prediction-line.ts';
import { createSealer, sealOrphans, type Sealer } from './seal.ts';
import type { Durability } from './segment.ts';
import { createWriters, type Writers } from './writers.ts';

export interface PredictionLogOptions {
  readonly directory: string;
  /** Where segments are sealed to. @default the directory */
  readonly s3?: StoreLocation | null;
  /** Unique among the replicas that write to one store. */
  readonly replicaId: string;
  /** When a record counts as written. @default 'durable' */
  readonly durability?: Durability;
  /** Lines of a segment before it becomes a Parquet file. @default 100000 */
  readonly maxSegmentLines?: number;
  /** Age of a segment at which it becomes one all the same. @default an hour */
  readonly maxSegmentAgeMs?: number;
  /** Told when a segment could not be sealed; it stays readable as it is. */
  readonly onSealFailed?: (error: unknown) => void;
  /** Told of every group of records that was written, and how long that took. */
  readonly onFlush?: (seconds: number, records: number) => void;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

const hourMs = 3_600_000;
/** Spans of this process's newest predictions; others are looked up. */
const tracesRemembered = 100_000;

/** Opens the writing side of the store for one process. */
export async function openPredictionLog(options: PredictionLogOptions): Promise<PredictionLog> {
  const root = resolve(options.directory);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const places = { root, partitions: await openPartitions(connection, root, options.s3 ?? null) };
  const sealer = createSealer(connection, places, options.onSealFailed ?? (() => undefined));
  const { replicaId, durability = 'durable', maxSegmentLines = 100_000, maxSegmentAgeMs = hourMs } = options;
  const { now = Date.now, onFlush = () => undefined } = options;
  await sealLeftovers(sealer, places, replicaId);
  const limits = { maxLines: maxSegmentLines, maxAgeMs: maxSegmentAgeMs };
  const writers = createWriters(places, sealer, { replicaId, durability, now, onFlush, ...limits });
  const known = createKnownIds(root);
  const facts = createFactsReader(connection);
  const traces = createBoundedIds(tracesRemembered);
  const lookUps = createRunning();
  return {
    async appendPredictions(model, records) {
      await writers.write(model, 'predictions', records.map(toPredictionLine));
      const ids = known.of(model);
      for (const { id, traceparent } of records) {
        ids.set(id, null);
        if (traceparent !== undefined) traces.set(id, traceparent);
      }
    },
    async appendLabels(model, records) {
      await writers.write(model, 'labels', records.map(toLine));
      const ids = known.of(model);
      for (const { id, label } of records) ids.set(id, label);
    },
    appendContradictions: (model, records) => writers.write(model, 'contradictions', records.map(toLine)),
    findPredictions: (model, ids) =>
      lookUps.add(findPredictions({ connection, places, facts, writers }, known.of(model), model, ids)),
    findAboutEntities: (model, wanted) => lookUps.add(findAboutEntities(connection, places, model, wanted)),
    async findTraces(model, ids, most) {
      const strange = ids.filter((id) => traces.get(id) === undefined);
      const found = new Set(ids.flatMap((id) => traces.get(id) ?? []));
      if (found.size < most) {
        for (const one of await lookUps.add(findTraces(connection, places, model, strange, most))) found.add(one);
      }
      return [...found].map(String).slice(0, most);
    },
    findRemoved: async (model) => sumRemoved(await places.partitions.listRemoved(model, 'predictions')).upTo,
    async close() {
      await writers.close();
      // Of a request that was cut off, for one: a connection that is closed under its query never lets go of the query's thread.
      await lookUps.idle();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

interface Running {
  add<T>(work: Promise<T>): Promise<T>;
  /** Resolves when nothing is at work any more, however it ended. */
  idle(): Promise<void>;
}

function createRunning(): Running {
  const running = new Set<Promise<unknown>>();
  return {
    add(work) {
      running.add(work);
      const forget = (): void => void running.delete(work);
      work.then(forget, forget);
      return work;
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

function toLine(record: object): string {
  return JSON.stringify(record);
}

/** The names are looked up before this process begins a segment of its own; the work itself is waited for by nobody. */
async function sealLeftovers(sealer: Sealer, places: Places, replicaId: string): Promise<void> {
  const names = await readdir(places.root).catch(() => []);
  for (const model of names.filter(isModelName)) {
    for (const kind of recordKinds) {
      await sealOrphans(sealer, places, model, kind, replicaId);
    }
  }
}

interface Sources extends LabelSources {
  readonly writers: Writers;
}

/** An own prediction may have been labelled through another replica: what others wrote is looked at until a label is known. */
async function findPredictions(
  sources: Sources,
  known: KnownIds,
  model: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LabelOnRecord>> {
  const { connection, places, writers } = sources;
  const strange = ids.filter((id) => known.get(id) === undefined);
  const unlabelled = ids.filter((id) => known.get(id) === null);
  if (unlabelled.length > 0) {
    const elsewhere = await findLabels(sources, model, unlabelled, (segment) => !writers.isOwn(segment));
    for (const [id, label] of elsewhere) known.set(id, label);
  }
  const found = new Map(ids.flatMap((id) => withLabel(id, known.get(id))));
  if (strange.length === 0) return found;
  const logged = await findLogged(connection, places, model, strange);
  const labels = logged.size === 0 ? null : await findLabels(sources, model, [...logged], () => true);
  for (const id of logged) {
    const label = labels?.get(id) ?? null;
    known.set(id, label);
    found.set(id, label);
  }
  return found;
}

function withLabel(id: string, label: LabelOnRecord | undefined): readonly (readonly [string, LabelOnRecord])[] {
  return label === undefined ? [] : [[id, label]];
}
