import type { LabelledRows, OutcomeRows } from '../adapters/ports/store.ts';
import type { ModelProject, Policy } from '../domain/project.ts';
import { isHistorical } from '../domain/snapshot/row-keys.ts';
import { concatTables, sliceTable } from '../domain/snapshot/tables.ts';
import type { DataSchema, RowRange } from '../domain/table.ts';
import type { Dependencies } from './dependencies.ts';
import { countMatureOfAll } from './label-ages.ts';

/** All that the log has of what a model answered. */
export interface ServedRows {
  readonly schema: DataSchema;
  readonly outcomes: OutcomeRows;
  /** How many of them, from the oldest on, have their labels, as far as they will. */
  readonly mature: number;
}

/**
 * The project's history, then the mature part of what was served since, newest `maxRows` of all.
 *
 * @param known what was served, where it was read just now
 */
export async function gatherRows(
  deps: Dependencies,
  project: ModelProject,
  policy: Policy,
  known: ServedRows | null,
): Promise<{ schema: DataSchema; rows: LabelledRows }> {
  const { schema, rows: history } = await deps.readHistory(project);
  const isKnown = known !== null && JSON.stringify(known.schema) === JSON.stringify(schema);
  const { outcomes, mature } = isKnown ? known : await readServed(deps, project.name, schema, policy);
  const upToId = outcomes.ids[mature - 1];
  if (upToId === undefined) return { schema, rows: newestRows(history, policy.snapshot.maxRows) };
  const live = await deps.store.readLabelled({ model: project.name, schema, upToId });
  return { schema, rows: newestRows(concatRows(schema, history, live), policy.snapshot.maxRows) };
}

async function readServed(
  { store }: Dependencies,
  model: string,
  schema: DataSchema,
  { monitor }: Policy,
): Promise<ServedRows> {
  const outcomes = await store.readOutcomes({ model, schema });
  return { schema, outcomes, mature: countMatureOfAll(outcomes, monitor) };
}

export function concatRows(schema: DataSchema, before: LabelledRows, after: LabelledRows): LabelledRows {
  const labels = new Float64Array(before.labels.length + after.labels.length);
  labels.set(before.labels);
  labels.set(after.labels, before.labels.length);
  return { table: concatTables(schema, [before.table, after.table]), labels, keys: [...before.keys, ...after.keys] };
}

export function sliceRows(rows: LabelledRows, range: RowRange): LabelledRows {
  return {
    table: sliceTable(rows.table, range),
    labels: rows.labels.subarray(range.from, range.to),
    keys: rows.keys.slice(range.from, range.to),
  };
}

export function newestRows(rows: LabelledRows, maxRows: number): LabelledRows {
  const to = rows.table.rowCount;
  return to <= maxRows ? rows : sliceRows(rows, { from: to - maxRows, to });
}

/**
 * Rows after the key that the last gate saw. Where that row is no longer among them, those are newer whose key is, if it was served (the log may have
 * been rid of it: the project's history was there before), and all of them, if it was of the project's history.
 */
export function countFresh(keys: readonly string[], freshAfterKey: string | null): number {
  if (freshAfterKey === null) return keys.length;
  const seen = keys.lastIndexOf(freshAfterKey);
  if (seen >= 0 || isHistorical(freshAfterKey)) return keys.length - 1 - seen;
  return keys.filter((key) => !isHistorical(key) && key > freshAfterKey).length;
}
