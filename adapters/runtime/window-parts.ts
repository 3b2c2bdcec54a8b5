import type { Rng } from '../../domain/math/rng.ts';
import type { Column, DataSchema, Table } from '../../domain/table.ts';
import type { LabelledRows } from '../ports/store.ts';

/** Rows that a classifier is to tell apart. */
export interface WindowPair {
  readonly schema: DataSchema;
  readonly reference: Table;
  readonly current: Table;
}

/** Both windows' rows, dealt out at random; the label is 1 where a row is of the current window. */
export interface WindowParts {
  /** Of the features that both windows have. */
  readonly schema: DataSchema;
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
  readonly test: LabelledRows;
  /** In the test part. */
  readonly referenceRows: number;
  readonly currentRows: number;
}

/** More rows of a window would only show differences that are too small to matter. */
const mostRows = 5_000;
const trainShare = 0.4;
const validationShare = 0.1;

/** Deals 40% of each window's rows to training, 10% to validation, and half to the test. */
export function dealWindows({ schema, reference, current }: WindowPair, rng: Rng): WindowParts {
  const features = schema.features.filter(({ name }) => {
    const kind = reference.columns[name]?.kind;
    return kind !== undefined && kind === current.columns[name]?.kind;
  });
  const task = { features, label: 'window', classes: ['reference', 'current'] };
  const drawn = [reference, current].map((table) => ({ table, rows: shuffle(table.rowCount, rng).slice(0, mostRows) }));
  const part = (from: number, to: number) =>
    joinRows(
      task,
      drawn.map(({ table, rows }) => ({ table, rows: sliceShare(rows, from, to) })),
    );
  const tested = drawn.map(({ rows }) => sliceShare(rows, trainShare + validationShare, 1).length);
  return {
    schema: task,
    train: part(0, trainShare),
    validation: part(trainShare, trainShare + validationShare),
    test: part(trainShare + validationShare, 1),
    referenceRows: tested[0]!,
    currentRows: tested[1]!,
  };
}

interface DrawnRows {
  readonly table: Table;
  readonly rows: Uint32Array;
}

function joinRows({ features }: DataSchema, windows: readonly DrawnRows[]): LabelledRows {
  const columns = features.map(({ name }) => [name, joinColumn(windows, name)] as const);
  const labels = Float64Array.from(windows.flatMap(({ rows }, window) => Array.from(rows, () => window)));
  return { table: { rowCount: labels.length, columns: Object.fromEntries(columns) }, labels, keys: [] };
}

function joinColumn(windows: readonly DrawnRows[], name: string): Column {
  const values = windows.flatMap(({ table, rows }) => Array.from(rows, (row) => table.columns[name]!.values[row]!));
  return windows[0]!.table.columns[name]!.kind === 'numeric'
    ? { kind: 'numeric', values: Float64Array.from(values as number[]) }
    : { kind: 'categorical', values: values as (string | null)[] };
}

function sliceShare(rows: Uint32Array, from: number, to: number): Uint32Array {
  return rows.subarray(Math.floor(from * rows.length), Math.floor(to * rows.length));
}

/** Fisher and Yates's. */
function shuffle(count: number, rng: Rng): Uint32Array {
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(rng() * (last + 1));
    [rows[last], rows[other]] = [rows[other]!, rows[last]!];
  }
  return rows;
}
