import { createRng } from '../../../domain/math/rng.ts';
import { normalQuantile } from '../../../domain/math/normal.ts';
import type { Column, DataSchema, Table } from '../../../domain/table.ts';

export const schema: DataSchema = {
  features: [
    { name: 'price', type: 'numeric' },
    { name: 'count', type: 'numeric' },
    { name: 'region', type: 'categorical' },
    { name: 'night', type: 'boolean' },
    { name: 'at', type: 'timestamp' },
  ],
  label: 'up',
  classes: ['no', 'yes'],
};

export interface Rows {
  readonly table: Table;
  readonly labels: Float64Array;
}

/** Rows of one steady stream, a minute apart. */
export function makeRows(rowCount: number, seed: number, fromRow = 0): Rows {
  const rng = createRng(seed);
  const numbers = (draw: (row: number) => number): Column => ({
    kind: 'numeric',
    values: Float64Array.from({ length: rowCount }, (_, row) => draw(row)),
  });
  const columns = {
    price: numbers(() => (rng() < 0.02 ? Number.NaN : 50 + 8 * normalQuantile(Math.max(1e-9, rng())))),
    count: numbers(() => Math.floor(-3 * Math.log(1 - rng()))),
    region: {
      kind: 'categorical' as const,
      values: Array.from({ length: rowCount }, () => (rng() < 0.01 ? null : rng() < 0.5 ? 'north' : 'south')),
    },
    night: numbers(() => Number(rng() < 0.4)),
    at: numbers((row) => (fromRow + row) * 60_000),
  };
  return { table: { rowCount, columns }, labels: Float64Array.from({ length: rowCount }, () => Number(rng() < 0.3)) };
}

/** The rows with one column in another's place. */
export function withColumn({ table, labels }: Rows, name: string, column: Column): Rows {
  return { table: { ...table, columns: { ...table.columns, [name]: column } }, labels };
}

/** The rows with the numbers of a column changed. */
export function withNumbers(rows: Rows, name: string, change: (value: number, row: number) => number): Rows {
  const column = rows.table.columns[name];
  if (column?.kind !== 'numeric') throw new Error(`${name} is not numeric`);
  return withColumn(rows, name, { kind: 'numeric', values: column.values.map(change) });
}
