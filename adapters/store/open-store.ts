import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DataSchema, Table } from '../../domain/table.ts';
import { asNumbers, asTexts, queryColumns, type QueryColumn, type QueryColumns } from '../duckdb/columns.ts';
import type { Store, WindowQuery } from '../ports/store.ts';
import { listSegments, StoreError, type Places } from './layout.ts';
import { openPartitions } from './open-partitions.ts';
import type { StoreLocation } from '../../config/store-location.ts';
import {
  featureExpression,
  featureTexts,
  labelExpression,
  labelledExpression,
  omittedExpression,
  outputWidth,
  predictedExpression,
  windowOf,
} from './queries.ts';
import { readRecords } from './records.ts';
import { retryWhenSealed } from './retry.ts';
import { readSnapshot, readSnapshotColumns } from './read-snapshots.ts';
import { withConnection } from './connect.ts';
import { getSnapshot, writeSnapshot } from './snapshots.ts';
import { toTable } from './to-table.ts';

export interface StoreOptions {
  readonly directory: string;
  /** Where sealed segments lie. @default in the directory */
  readonly s3?: StoreLocation | null;
}

/** The sources of a query: everything logged for a model, open and sealed. */
interface Sources {
  readonly predictions: string;
  readonly labels: string;
  /** Rows that were removed, and count all the same. */
  readonly removed: { readonly predictions: number; readonly labels: number };
}

/** Opens the reading side of the store, and its snapshots. Any number of processes may. */
export async function openStore({ directory, s3 = null }: StoreOptions): Promise<Store> {
  const root = resolve(directory);
  await mkdir(root, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connect = () => instance.connect();
  const places = { root, partitions: await openPartitions(await connect(), root, s3) };
  const query = (model: string, sql: (sources: Sources) => string): Promise<QueryColumns> =>
    retryWhenSealed(async () => {
      const text = sql(await findSources(places, model));
      return await withConnection(connect, (connection) => queryColumns(connection, text));
    });

  return {
    async clock(model) {
      const { columns } = await query(
        model,
        ({ predictions, labels, removed }) =>
          `SELECT CAST((SELECT count(*) FROM ${predictions}) + ${removed.predictions} AS DOUBLE),
                  CAST((SELECT count(*) FROM ${labels}) + ${removed.labels} AS DOUBLE),
                  (SELECT max(eventMs) FROM ${predictions})`,
      );
      const [rows = 0, labels = 0, eventMs = Number.NaN] = columns.map((column) => asNumbers(column)[0]);
      return { rows, labels, eventMs: Number.isNaN(eventMs) ? null : eventMs };
    },
    readOutcomes: (window) => readOutcomes(query, window),
    readArrivals: (window) => readArrivals(query, window),
    readInputs: (window) => readInputs(query, window),
    readLabelled: (window) => readLabelled(query, window),
    writeSnapshot: (model, schema, rows, split) =>
      withConnection(connect, (connection) => writeSnapshot(connection, root, { model, schema, rows, split })),
    getSnapshot: (model, id) => getSnapshot(root, model, id),
    readSnapshot: (snapshot, range) => readSnapshot(connect, snapshot, range),
    readSnapshotColumns: (snapshot, features, range) => readSnapshotColumns(connect, snapshot, features, range),
  };
}

type Query = (model: string, sql: (sources: Sources) => string) => Promise<QueryColumns>;

async function findSources(places: Places, model: string): Promise<Sources> {
  // Labels first: a label whose prediction is logged a moment later is then never seen without it.
  const labels = await listSegments(places, model, 'labels');
  const predictions = await listSegments(places, model, 'predictions');
  return {
    predictions: readRecords('predictions', predictions),
    labels: readRecords('labels', labels),
    removed: { predictions: predictions.removed.rows, labels: labels.removed.rows },
  };
}

async function readOutcomes(query: Query, window: WindowQuery): ReturnType<Store['readOutcomes']> {
  const width = outputWidth(window.schema);
  const outputs = Array.from({ length: width }, (_, index) => `p.output[${index + 1}]`);
  const shadows = Array.from({ length: width }, (_, index) => `coalesce(p.shadow.output[${index + 1}], 0)`);
  const { rowCount, columns } = await query(
    window.model,
    ({ predictions, labels }) =>
      `SELECT p.id, p.version, p.shadow.version, ${labelExpression(window.schema)}, ${predictedExpression}, ${labelledExpression}, ${[...outputs, ...shadows].join(', ')}
       FROM ${windowOf(predictions, window)} p LEFT JOIN ${labels} l ON l.id = p.id ORDER BY p.id`,
  );
  return {
    ids: asTexts(columns[0]).map(String),
    versions: asTexts(columns[1]).map(String),
    shadowVersions: asTexts(columns[2]),
    labels: checkLabels(asNumbers(columns[3]), window.schema),
    predictedMs: asNumbers(columns[4]),
    labelledMs: asNumbers(columns[5]),
    outputs: { width, values: interleave(columns.slice(6, 6 + width), rowCount) },
    shadowOutputs: { width, values: interleave(columns.slice(6 + width), rowCount) },
  };
}

async function readArrivals(query: Query, window: WindowQuery): ReturnType<Store['readArrivals']> {
  const { columns } = await query(
    window.model,
    ({ predictions, labels }) =>
      `SELECT ${predictedExpression}, ${labelledExpression}, CAST(l.id IS NOT NULL AS DOUBLE)
       FROM ${windowOf(predictions, window)} p LEFT JOIN ${labels} l ON l.id = p.id ORDER BY p.id`,
  );
  const [predictedMs, labelledMs, isLabelled] = [columns[0], columns[1], columns[2]].map(asNumbers);
  const isUntimed = (row: number): boolean => isLabelled?.[row] === 1 && Number.isNaN(labelledMs?.[row]);
  const timed = (times: Float64Array = new Float64Array()) => times.filter((_, row) => !isUntimed(row));
  const untimed = (predictedMs?.length ?? 0) - timed(predictedMs).length;
  return { predictedMs: timed(predictedMs), labelledMs: timed(labelledMs), untimed };
}

async function readInputs(query: Query, window: WindowQuery): Promise<Table> {
  const { features } = window.schema;
  const { rowCount, columns } = await query(
    window.model,
    ({ predictions }) =>
      `SELECT ${features.map(featureExpression).join(', ')}
       FROM (SELECT p.id, ${featureTexts(features)} AS texts FROM ${windowOf(predictions, window)} p) ORDER BY id`,
  );
  return toTable(features, columns, rowCount);
}

async function readLabelled(query: Query, window: WindowQuery): ReturnType<Store['readLabelled']> {
  const { schema } = window;
  const { rowCount, columns } = await query(
    window.model,
    ({ predictions, labels }) =>
      `SELECT id, label, omitted, ${schema.features.map(featureExpression).join(', ')}
       FROM (SELECT p.id, ${labelExpression(schema)} AS label, ${omittedExpression(schema)} AS omitted, ${featureTexts(schema.features)} AS texts
             FROM ${windowOf(predictions, window)} p JOIN ${labels} l ON l.id = p.id) ORDER BY id`,
  );
  refuseOmitted(asTexts(columns[2]));
  return {
    keys: asTexts(columns[0]).map(String),
    labels: checkLabels(asNumbers(columns[1]), schema),
    table: toTable(schema.features, columns.slice(3), rowCount),
  };
}

/** What was left out on purpose would look like a missing value. */
function refuseOmitted(omitted: readonly (string | null)[]): void {
  const rows = omitted.filter((name) => name !== null);
  if (rows.length === 0) return;
  throw new StoreError(
    `the log lacks "${rows[0]}" of ${rows.length} rows (privacy.omit): they can't be trained on with this feature; put it into "exclude", or hash it`,
  );
}

function checkLabels(labels: Float64Array, { label, classes }: DataSchema): Float64Array {
  if (classes.length === 0 || !labels.includes(-1)) return labels;
  throw new StoreError(
    `a logged label of "${label}" is none of the classes ${classes.join(', ')}: mend or remove that label`,
  );
}

/** Columns to rows: the outputs of one row stand together. */
function interleave(columns: readonly QueryColumn[], rowCount: number): Float64Array {
  const values = new Float64Array(rowCount * columns.length);
  for (const [index, column] of columns.entries()) {
    const numbers = asNumbers(column);
    for (let row = 0; row < rowCount; row += 1) values[row * columns.length + index] = numbers[row] ?? 0;
  }
  return values;
}
