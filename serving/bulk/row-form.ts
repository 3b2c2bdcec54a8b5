import type { FeatureRow } from '../../adapters/data/feature-rows.ts';
import { entitySchema, timeSchema } from '../../config/wire.ts';
import type { DataSchema } from '../../domain/table.ts';
import type { ReadRow } from './batch.ts';

/** Columns that say what a row is about; null where the request names none. */
export interface AboutColumns {
  /** Who or what. */
  readonly entity: string | null;
  /** The event time. */
  readonly time: string | null;
}

/** What rows consist of: the features of the model, and columns that may be features too. */
export interface RowForm {
  readonly schema: DataSchema;
  readonly about: AboutColumns;
}

/** Takes what a row is about out of it. A column that is no feature is then left out. */
export function createRowSplitter({ schema, about }: RowForm): (row: Readonly<Record<string, unknown>>) => ReadRow {
  const { entity, time } = about;
  const names = new Set(schema.features.map(({ name }) => name));
  const extra = [entity, time].filter((name) => name !== null && !names.has(name));
  return (row) => {
    const features = extra.length === 0 ? row : Object.fromEntries(Object.entries(row).filter(([name]) => !extra.includes(name))); // prettier-ignore
    return toReadRow(features as FeatureRow, about, entity && row[entity], time && row[time]);
  };
}

/** A row that is about `entity` at `time`, of which those are looked at that a column is named for. */
export function toReadRow(features: FeatureRow, about: AboutColumns, entity: unknown, time: unknown): ReadRow {
  if (about.entity !== null && !entitySchema.safeParse(entity).success) {
    return unreadable(about.entity, entity, 'a text of 1 to 200 characters, who or what the row is about');
  }
  if (about.time !== null && !timeSchema.safeParse(time).success) {
    return unreadable(about.time, time, 'an ISO 8601 time with an offset, such as 2026-11-26T12:00:00Z');
  }
  return {
    kind: 'row',
    features,
    entity: about.entity === null ? null : (entity as string),
    time: about.time === null ? null : (time as string),
  };
}

function unreadable(name: string, value: unknown, right: string): ReadRow {
  const isAbsent = value === undefined || value === null || value === '';
  const found = isAbsent ? 'is absent' : `is ${JSON.stringify(value).slice(0, 100)}`;
  return { kind: 'unreadable', problem: `: "${name}" ${found}: it must be ${right}`, field: name };
}
