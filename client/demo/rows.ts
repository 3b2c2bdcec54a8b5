import type { FeatureValue, LabelledRows } from '../../adapters/ports/store.ts';
import type { DataSchema } from '../../domain/table.ts';

/** A row as a client of the prediction service sends it. */
export type WireRow = Record<string, FeatureValue>;

/** Rows `from` to `to` (excluded) on the wire: missing numbers are null. */
export function wireRows({ table }: LabelledRows, schema: DataSchema, from: number, to: number): WireRow[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, offset) => {
    const row: WireRow = {};
    for (const { name } of schema.features) {
      const value = table.columns[name]?.values[from + offset] ?? null;
      row[name] = typeof value === 'number' && Number.isNaN(value) ? null : value;
    }
    return row;
  });
}

/** CSV of rows with their label's class, for an operator's extract. */
export function toCsv(rows: readonly WireRow[], labels: readonly string[], schema: DataSchema): string {
  const names = schema.features.map(({ name }) => name);
  const lines = rows.map((row, index) => [...names.map((name) => row[name] ?? ''), labels[index]].join(','));
  return [[...names, schema.label].join(','), ...lines].join('\n');
}
