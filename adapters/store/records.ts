import { quoteText } from '../duckdb/columns.ts';
import type { RecordKind, Segments } from './layout.ts';

/** Columns of the log's records, as DuckDB types; the JSON lines have the same names. */
const columnTypes: Readonly<Record<RecordKind, Readonly<Record<string, string>>>> = {
  predictions: {
    id: 'VARCHAR',
    atMs: 'DOUBLE',
    eventMs: 'DOUBLE',
    version: 'VARCHAR',
    features: 'JSON',
    output: 'DOUBLE[]',
    shadow: 'STRUCT(version VARCHAR, output DOUBLE[])',
    entity: 'VARCHAR',
    decision: 'STRUCT("by" VARCHAR, label VARCHAR, propensity DOUBLE)',
    abstained: 'VARCHAR',
    omitted: 'VARCHAR[]',
    requestId: 'VARCHAR',
    latencyMs: 'DOUBLE',
  },
  labels: { id: 'VARCHAR', label: 'VARCHAR', atMs: 'DOUBLE', labelMs: 'DOUBLE' },
  contradictions: { id: 'VARCHAR', label: 'VARCHAR', atMs: 'DOUBLE', labelMs: 'DOUBLE' },
};

/** Stands in lines and partitions beside the others, except in partitions that an earlier release sealed. */
const traceType = 'VARCHAR';

/** Reads open segments. A torn last line was never acknowledged: DuckDB makes a row of nulls of it, which is passed over. */
export function readOpen(kind: RecordKind, files: readonly string[]): string {
  const traced = kind === 'predictions' ? { traceparent: traceType } : {};
  const columns = Object.entries({ ...columnTypes[kind], ...traced }).map(
    ([name, type]) => `${name}: ${quoteText(type)}`,
  );
  const lines = `read_ndjson(${list(files)}, columns = {${columns.join(', ')}}, ignore_errors = true)`;
  return `(SELECT * FROM ${lines} WHERE id IS NOT NULL)`;
}

/** All records of a kind, from both forms, each id once: the first label of an id is the one on record. */
export function readRecords(kind: RecordKind, { open, sealed }: Segments): string {
  const names = Object.keys(columnTypes[kind]).join(', ');
  const lines = open.map(({ path }) => path);
  const files = sealed.map(({ path }) => path);
  const parts = [
    ...(lines.length === 0 ? [] : [`SELECT ${names} FROM ${readOpen(kind, lines)}`]),
    ...(files.length === 0 ? [] : [`SELECT ${names} FROM read_parquet(${list(files)}, hive_partitioning = false)`]),
  ];
  const empty = Object.entries(columnTypes[kind]).map(([name, type]) => `CAST(NULL AS ${type}) AS ${name}`);
  const all = parts.length === 0 ? `SELECT ${empty.join(', ')} LIMIT 0` : parts.join(' UNION ALL ');
  if (kind === 'predictions') return `(${all})`;
  // Half of the time of numbering each id's rows.
  return `(SELECT id, arg_min_null(label, atMs) AS label, min(atMs) AS atMs, arg_min_null(labelMs, atMs) AS labelMs FROM (${all}) GROUP BY id)`;
}

/** `id` and `traceparent` of predictions, from both forms. */
export function readTraces({ open, sealed }: Segments): string {
  const lines = readOpen(
    'predictions',
    open.map(({ path }) => path),
  );
  const files = list(sealed.map(({ path }) => path));
  const parts = [
    // Gives the column to partitions none of which has it.
    `SELECT CAST(NULL AS VARCHAR) AS id, CAST(NULL AS ${traceType}) AS traceparent WHERE false`,
    ...(open.length === 0 ? [] : [`SELECT id, traceparent FROM ${lines}`]),
    ...(sealed.length === 0
      ? []
      : [`SELECT * FROM read_parquet(${files}, union_by_name = true, hive_partitioning = false)`]),
  ];
  return `(SELECT id, traceparent FROM (${parts.join(' UNION ALL BY NAME ')}))`;
}

function list(files: readonly string[]): string {
  return `[${files.map(quoteText).join(', ')}]`;
}
