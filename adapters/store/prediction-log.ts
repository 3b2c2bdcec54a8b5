import { resolve } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { asTexts, queryColumns, quoteText } from '../duckdb/columns.ts';
import type { PredictionLog } from '../ports/store.ts';
import { listSegments, modelDirectory, openDirectory, type RecordKind } from './layout.ts';
import { readRecords } from './records.ts';
import { retryWhenSealed } from './retry.ts';
import { sealSegment } from './seal.ts';
import { openSegmentWriter, type SegmentWriter } from './segment-writer.ts';

export interface PredictionLogOptions {
  readonly directory: string;
  /** Unique among the replicas that write to one store. */
  readonly replicaId: string;
  /** Lines of a segment before it becomes a Parquet file. */
  readonly maxSegmentLines?: number;
  /** Told when a segment could not be sealed; it stays readable as it is. */
  readonly onSealFailed?: (error: unknown) => void;
}

type LabelOnRecord = string | number | null;

/** Opens the writing side of the store for one process. */
export async function openPredictionLog(options: PredictionLogOptions): Promise<PredictionLog> {
  const root = resolve(options.directory);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const writers = createWriters(connection, root, options);
  const known = createKnownIds(root);

  return {
    async appendPredictions(model, records) {
      const ids = known.of(model);
      await writers.write(model, 'predictions', records);
      for (const { id } of records) ids.set(id, null);
    },
    async appendLabels(model, records) {
      const ids = known.of(model);
      await writers.write(model, 'labels', records);
      for (const { id, label } of records) ids.set(id, label);
    },
    appendContradictions: (model, records) => writers.write(model, 'contradictions', records),
    async findPredictions(model, ids) {
      const own = known.of(model);
      const elsewhere = ids.filter((id) => !own.has(id));
      if (elsewhere.length > 0) {
        for (const [id, label] of await findOnDisk(connection, root, model, elsewhere)) own.set(id, label);
      }
      return new Map(ids.flatMap((id) => (own.has(id) ? [[id, own.get(id) ?? null] as const] : [])));
    },
    async close() {
      await writers.close();
      connection.closeSync();
      instance.closeSync();
    },
  };
}

interface KnownIds {
  of(model: string): Map<string, LabelOnRecord>;
}

/** Ids that this process has logged or looked up, with their label; refuses names that are no model's. */
function createKnownIds(root: string): KnownIds {
  const known = new Map<string, Map<string, LabelOnRecord>>();
  return {
    of(model) {
      modelDirectory(root, model);
      const ids = known.get(model) ?? new Map<string, LabelOnRecord>();
      known.set(model, ids);
      return ids;
    },
  };
}

interface Writers {
  write(model: string, kind: RecordKind, records: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

/** One segment writer per model and kind; complete segments are sealed one after another. */
function createWriters(connection: DuckDBConnection, root: string, options: PredictionLogOptions): Writers {
  const { replicaId, maxSegmentLines = 20_000, onSealFailed = () => undefined } = options;
  const writers = new Map<string, SegmentWriter>();
  const startedMs = Date.now();
  let sealing: Promise<void> = Promise.resolve();

  const writerOf = (model: string, kind: RecordKind): SegmentWriter => {
    const key = `${model}/${kind}`;
    const writer =
      writers.get(key) ??
      openSegmentWriter({
        directory: openDirectory(root, model, kind),
        prefix: `${replicaId}-${startedMs}`,
        maxLines: maxSegmentLines,
        onComplete: (stem) => {
          sealing = sealing.then(() => sealSegment(connection, root, model, kind, stem)).catch(onSealFailed);
        },
      });
    writers.set(key, writer);
    return writer;
  };

  return {
    async write(model, kind, records) {
      if (records.length > 0) await writerOf(model, kind).append(records.map((record) => JSON.stringify(record)));
    },
    async close() {
      await Promise.all([...writers.values()].map((writer) => writer.close()));
      await sealing;
    },
  };
}

/** Predictions that other replicas, or an earlier process, have logged. */
async function findOnDisk(
  connection: DuckDBConnection,
  root: string,
  model: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LabelOnRecord>> {
  return await retryWhenSealed(async () => {
    const predictions = await listSegments(root, model, 'predictions');
    const labels = await listSegments(root, model, 'labels');
    const { columns } = await queryColumns(
      connection,
      `SELECT p.id, l.label FROM ${readRecords('predictions', predictions.open, predictions.sealed)} p
       LEFT JOIN ${readRecords('labels', labels.open, labels.sealed)} l ON l.id = p.id
       WHERE p.id IN (${ids.map(quoteText).join(', ')})`,
    );
    const found = asTexts(columns[1]);
    return new Map(asTexts(columns[0]).map((id, row) => [id ?? '', found[row] ?? null]));
  });
}
