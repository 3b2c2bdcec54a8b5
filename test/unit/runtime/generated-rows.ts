import { createRng } from '../../../domain/math/rng.ts';
import { sliceTable } from '../../../domain/snapshot/tables.ts';
import type { DataSchema, Table } from '../../../domain/table.ts';
import type { OpenRows } from '../../../adapters/runtime/protocol.ts';
import type { LabelledRows } from '../../../adapters/ports/store.ts';

export type Problem = 'ring' | 'sectors' | 'price';

const classesOf: Record<Problem, readonly string[]> = {
  ring: ['outside', 'inside'],
  sectors: ['east', 'north', 'south'],
  price: [],
};

export function schemaOf(problem: Problem): DataSchema {
  return {
    features: [
      { name: 'x', type: 'numeric' },
      { name: 'y', type: 'numeric' },
      { name: 'shift', type: 'categorical' },
      { name: 'night', type: 'boolean' },
      { name: 'at', type: 'timestamp' },
    ],
    label: problem,
    classes: classesOf[problem],
  };
}

/** Points in a square with the label that the problem gives them; every tenth x is missing and then counts as 0. */
export function generateRows(problem: Problem, rowCount: number): LabelledRows {
  const rng = createRng(7);
  const numbers = (draw: (row: number) => number) => Float64Array.from({ length: rowCount }, (_, row) => draw(row));
  const x = numbers((row) => (row % 10 === 9 ? Number.NaN : 2 * rng() - 1));
  const y = numbers(() => 2 * rng() - 1);
  const shift = Array.from({ length: rowCount }, () => (rng() < 0.1 ? null : rng() < 0.5 ? 'early' : 'late'));
  const table: Table = {
    rowCount,
    columns: {
      x: { kind: 'numeric', values: x },
      y: { kind: 'numeric', values: y },
      shift: { kind: 'categorical', values: shift },
      night: { kind: 'numeric', values: numbers(() => Number(rng() < 0.5)) },
      at: { kind: 'numeric', values: numbers((row) => Date.UTC(2026, 0, 1) + row * 60_000) },
    },
  };
  const labels = numbers((row) => labelOf(problem, Number.isNaN(x[row]) ? 0 : x[row]!, y[row]!, shift[row] === 'late'));
  const keys = Array.from({ length: rowCount }, (_, row) => `history:${String(row).padStart(8, '0')}`);
  return { table, labels, keys };
}

function labelOf(problem: Problem, x: number, y: number, late: boolean): number {
  switch (problem) {
    case 'ring':
      return Number(x * x + y * y < 0.5);
    case 'sectors':
      return x > 0.2 ? 0 : y > 0 ? 1 : 2;
    case 'price':
      return 5_000 + 1_000 * Math.abs(x) + 500 * y + (late ? 300 : 0);
  }
}

/** The rows of a snapshot named after its problem. */
export const openRows: OpenRows = () =>
  Promise.resolve({
    readSnapshot({ model, rowCount }, range) {
      const { table, labels, keys } = generateRows(model as Problem, rowCount);
      return Promise.resolve({
        table: sliceTable(table, range),
        labels: labels.slice(range.from, range.to),
        keys: keys.slice(range.from, range.to),
      });
    },
    readSnapshotColumns({ model, rowCount }, features, range) {
      const { table, labels } = generateRows(model as Problem, rowCount);
      const { rowCount: count, columns } = sliceTable(table, range);
      const asked = Object.fromEntries(features.map(({ name }) => [name, columns[name]!]));
      return Promise.resolve({
        table: { rowCount: count, columns: asked },
        labels: labels.slice(range.from, range.to),
      });
    },
  });
