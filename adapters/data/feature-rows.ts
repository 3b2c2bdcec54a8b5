import type { Column, DataSchema, Feature, Table } from '../../domain/table.ts';
import type { FeatureValue } from '../ports/store.ts';
import { parseTime } from './parse-time.ts';

export type FeatureRow = Readonly<Record<string, FeatureValue>>;

export interface RowProblem {
  readonly field: string;
  readonly message: string;
}

/** What is wrong with a row that a client sent, or null. A feature that is missing is sent as null, not left out. */
export function findRowProblem({ features }: DataSchema, row: FeatureRow): RowProblem | null {
  for (const feature of features) {
    if (!Object.hasOwn(row, feature.name)) return problem(feature, 'is absent: send null where it is missing');
    const expected = whatIsWrong(feature, row[feature.name] ?? null);
    if (expected !== null) return problem(feature, expected);
  }
  if (Object.keys(row).length === features.length) return null;
  const known = new Set(features.map(({ name }) => name));
  const unknown = Object.keys(row).find((name) => !known.has(name)) ?? '';
  return { field: unknown, message: `"${unknown}" is not a feature of this model` };
}

function problem({ name }: Feature, what: string): RowProblem {
  return { field: name, message: `"${name}" ${what}` };
}

function whatIsWrong({ type }: Feature, value: FeatureValue): string | null {
  if (value === null) return null;
  switch (type) {
    case 'numeric':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'must be a finite number or null';
    case 'boolean':
      return typeof value === 'boolean' || value === 0 || value === 1 ? null : 'must be true, false or null';
    case 'categorical':
      return typeof value === 'string' ? null : 'must be a text or null';
    case 'timestamp':
      return typeof value === 'string' && Number.isFinite(parseTime(value)) ? null : 'must be an ISO 8601 time or null';
  }
}

/** Rows as columns; the rows must have no problem. */
export function tableFromFeatureRows({ features }: DataSchema, rows: readonly FeatureRow[]): Table {
  const columns = features.map((feature) => [feature.name, toColumn(feature, rows)] as const);
  return { rowCount: rows.length, columns: Object.fromEntries(columns) };
}

function toColumn({ name, type }: Feature, rows: readonly FeatureRow[]): Column {
  if (type === 'categorical') {
    return { kind: 'categorical', values: rows.map((row) => (row[name] ?? null) as string | null) };
  }
  const values = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row += 1) {
    const value = rows[row]?.[name] ?? null;
    if (value === null) values[row] = Number.NaN;
    else values[row] = type === 'timestamp' ? parseTime(String(value)) : Number(value);
  }
  return { kind: 'numeric', values };
}
