import type { DuckDBConnection } from '@duckdb/node-api';
import { asNumbers, asTexts, queryColumns, quoteText } from '../duckdb/columns.ts';
import type { EntityAtTime } from '../ports/store.ts';
import type { LabelOnRecord } from './known-ids.ts';
import type { FactsReader } from './partition-facts.ts';
import { listSegments, type OpenSegment, type Places, type Segments } from './layout.ts';
import type { Partition } from './partitions.ts';
import { readRecords, readTraces } from './records.ts';
import { retryWhenSealed } from './retry.ts';

const dayMs = 86_400_000;

/** Which of these ids any process has logged a prediction under. */
export async function findLogged(
  connection: DuckDBConnection,
  places: Places,
  model: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  return await retryWhenSealed(async () => {
    const segments = await listSegments(places, model, 'predictions');
    const [likely, others] = splitByDate(segments, ids);
    const found = new Set(await lookUp(connection, likely, ids));
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0 || others.sealed.length === 0) return found;
    for (const id of await lookUp(connection, others, missing)) found.add(id);
    return found;
  });
}

/** Partitions of about the time in the ids, and all others: where a clock was set back, ids and dates part. */
function splitByDate({ open, sealed }: Segments, ids: readonly string[]): readonly [Segments, Segments] {
  const dates = new Set<string>();
  for (const id of ids) {
    const [, ms] = /^(\d{13})-/.exec(id) ?? [];
    if (ms === undefined)
      return [
        { open, sealed },
        { open: [], sealed: [] },
      ];
    for (const days of [-1, 0, 1]) dates.add(new Date(Number(ms) + days * dayMs).toISOString().slice(0, 10));
  }
  const isLikely = ({ date }: Partition): boolean => dates.has(date);
  return [
    { open, sealed: sealed.filter(isLikely) },
    { open: [], sealed: sealed.filter((partition) => !isLikely(partition)) },
  ];
}

async function lookUp(
  connection: DuckDBConnection,
  segments: Segments,
  ids: readonly string[],
): Promise<readonly string[]> {
  const { columns } = await queryColumns(
    connection,
    `SELECT id FROM ${readRecords('predictions', segments)} WHERE id IN (${ids.map(quoteText).join(', ')})`,
  );
  return asTexts(columns[0]).map(String);
}

/** The spans under which these ids were logged, each once. Only partitions of about the time in the ids are opened. */
export async function findTraces(
  connection: DuckDBConnection,
  places: Places,
  model: string,
  ids: readonly string[],
  most: number,
): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  return await retryWhenSealed(async () => {
    const [segments] = splitByDate(await listSegments(places, model, 'predictions'), ids);
    const { columns } = await queryColumns(
      connection,
      `SELECT DISTINCT traceparent FROM ${readTraces(segments)}
       WHERE traceparent IS NOT NULL AND id IN (${ids.map(quoteText).join(', ')}) ORDER BY traceparent LIMIT ${most}`,
    );
    return asTexts(columns[0]).map(String);
  });
}

export interface LabelSources {
  readonly connection: DuckDBConnection;
  readonly places: Places;
  readonly facts: FactsReader;
}

/** Labels on record under these ids, in the segments that `isOfInterest`. Of partitions only those are opened whose ids reach so far. */
export async function findLabels(
  { connection, places, facts }: LabelSources,
  model: string,
  ids: readonly string[],
  isOfInterest: (segment: OpenSegment | Partition) => boolean,
): Promise<ReadonlyMap<string, LabelOnRecord>> {
  return await retryWhenSealed(async () => {
    const all = await listSegments(places, model, 'labels');
    const near = (await facts.read('labels', all.sealed.filter(isOfInterest))).filter(({ firstId, lastId }) =>
      ids.some((id) => firstId <= id && id <= lastId),
    );
    const segments = { open: all.open.filter(isOfInterest), sealed: near.map(({ partition }) => partition) };
    if (segments.open.length + segments.sealed.length === 0) return new Map();
    const { columns } = await queryColumns(
      connection,
      `SELECT id, label FROM ${readRecords('labels', segments)} WHERE id IN (${ids.map(quoteText).join(', ')})`,
    );
    const labels = asTexts(columns[1]);
    return new Map(asTexts(columns[0]).map((id, row) => [String(id), labels[row] ?? null]));
  });
}

/** The id of the newest prediction about each entity within its span of time; null where there is none. */
export async function findAboutEntities(
  connection: DuckDBConnection,
  places: Places,
  model: string,
  wanted: readonly EntityAtTime[],
): Promise<readonly (string | null)[]> {
  if (wanted.length === 0) return [];
  return await retryWhenSealed(async () => {
    const segments = await listSegments(places, model, 'predictions');
    const rows = wanted.map(
      ({ entity, timeMs, withinMs }, n) => `(${n}, ${quoteText(entity)}, ${timeMs - withinMs}, ${timeMs})`,
    );
    const time = 'coalesce(p.eventMs, p.atMs)';
    const { columns } = await queryColumns(
      connection,
      `SELECT CAST(w.n AS DOUBLE), max({'time': ${time}, 'id': p.id}).id
       FROM (VALUES ${rows.join(', ')}) w(n, entity, fromMs, toMs)
       JOIN ${readRecords('predictions', segments)} p
         ON p.entity = w.entity AND ${time} >= w.fromMs AND ${time} <= w.toMs
       GROUP BY w.n`,
    );
    const ids = asTexts(columns[1]);
    const found = new Map(Array.from(asNumbers(columns[0]), (n, row) => [n, ids[row] ?? null]));
    return wanted.map((_, n) => found.get(n) ?? null);
  });
}
