import { createHash } from 'node:crypto';
import type { LabelledRows, OutcomeRows, Snapshot, Store, WindowQuery } from '../adapters/ports/store.ts';
import { sliceTable } from '../domain/snapshot/tables.ts';
import type { RowRange, Table } from '../domain/table.ts';
import type { Predictions } from '../domain/task.ts';
import { isLabelKnown, type Stream } from './stream.ts';

/** What was answered to the rows of a block. */
export interface Served {
  readonly version: string;
  readonly outputs: Predictions;
  readonly shadow: { readonly version: string; readonly outputs: Predictions } | null;
}

/** The store of a backtest: the history itself, of which only what was served and labelled so far can be seen. */
export interface ReplayStore extends Store {
  serve(block: RowRange, answers: Served): void;
  /** Everything served, for the measuring at the end. */
  outputs(): Predictions;
}

const idOf = (row: number): string => `live:${String(row).padStart(10, '0')}`;
const rowOf = (id: string): number => Number(id.slice('live:'.length));

export function createReplayStore(stream: Stream, width: number): ReplayStore {
  const { history, firstRows } = stream;
  const total = history.rows.table.rowCount;
  const values = new Float64Array(total * width);
  const shadowValues = new Float64Array(total * width);
  const versions: string[] = [];
  const shadowVersions: (string | null)[] = [];
  const snapshots = new Map<string, { snapshot: Snapshot; rows: LabelledRows }>();
  let served = firstRows;

  const range = ({ afterId, upToId, newestRows }: WindowQuery): RowRange => {
    const to = upToId === undefined ? served : Math.min(served, rowOf(upToId) + 1);
    const after = afterId === undefined ? firstRows : rowOf(afterId) + 1;
    return { from: Math.max(after, newestRows === undefined ? firstRows : to - newestRows, firstRows), to };
  };
  const known = (row: number): boolean => isLabelKnown(stream, row, served);
  const part = (all: Float64Array, { from, to }: RowRange): Predictions => ({
    width,
    values: all.subarray(from * width, to * width),
  });

  return {
    serve({ from, to }, { version, outputs, shadow }) {
      values.set(Float64Array.from(outputs.values), from * width);
      if (shadow !== null) shadowValues.set(Float64Array.from(shadow.outputs.values), from * width);
      for (let row = from; row < to; row += 1) {
        versions[row] = version;
        shadowVersions[row] = shadow?.version ?? null;
      }
      served = to;
    },
    outputs: () => part(values, { from: firstRows, to: served }),
    clock() {
      let labels = 0;
      for (let row = firstRows; row < served; row += 1) if (known(row)) labels += 1;
      const eventMs = history.eventMs === null ? null : (history.eventMs[served - 1] ?? null);
      return Promise.resolve({ rows: served - firstRows, labels, eventMs });
    },
    readOutcomes(query): Promise<OutcomeRows> {
      const seen = range(query);
      const rows = rowsOf(seen);
      return Promise.resolve({
        ids: rows.map(idOf),
        versions: rows.map((row) => versions[row] ?? ''),
        outputs: part(values, seen),
        shadowVersions: rows.map((row) => shadowVersions[row] ?? null),
        shadowOutputs: part(shadowValues, seen),
        labels: Float64Array.from(rows, (row) => (known(row) ? (history.rows.labels[row] ?? Number.NaN) : Number.NaN)),
      });
    },
    readInputs: (query): Promise<Table> => Promise.resolve(sliceTable(history.rows.table, range(query))),
    readLabelled: (query) => Promise.resolve(pickRows(history.rows, rowsOf(range(query)).filter(known))),
    writeSnapshot(model, schema, rows, split) {
      const rowCount = rows.table.rowCount;
      const lastKey = rows.keys[rowCount - 1] ?? '';
      // The history never changes: its first and last row name what is between.
      const id = createHash('sha256')
        .update(JSON.stringify([rows.keys[0], lastKey, rowCount, split]))
        .digest('hex');
      const snapshot = { id, model, path: '', schema, rowCount, split, lastKey };
      snapshots.clear();
      snapshots.set(id, { snapshot, rows });
      return Promise.resolve(snapshot);
    },
    getSnapshot: (_model, id) => Promise.resolve(find(snapshots, id).snapshot),
    readSnapshot({ id }, { from, to }) {
      const { rows } = find(snapshots, id);
      return Promise.resolve({
        table: sliceTable(rows.table, { from, to }),
        labels: rows.labels.subarray(from, to),
        keys: rows.keys.slice(from, to),
      });
    },
  };
}

function rowsOf({ from, to }: RowRange): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function find<T>(snapshots: ReadonlyMap<string, T>, id: string): T {
  const found = snapshots.get(id);
  if (found === undefined) throw new Error(`the backtest has no snapshot ${id} any more`);
  return found;
}

function pickRows({ table, labels }: LabelledRows, rows: readonly number[]): LabelledRows {
  const columns = Object.entries(table.columns).map(([name, column]) => [
    name,
    column.kind === 'numeric'
      ? { kind: 'numeric' as const, values: Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN) }
      : { kind: 'categorical' as const, values: rows.map((row) => column.values[row] ?? null) },
  ]);
  return {
    table: { rowCount: rows.length, columns: Object.fromEntries(columns) as Table['columns'] },
    labels: Float64Array.from(rows, (row) => labels[row] ?? Number.NaN),
    keys: rows.map(idOf),
  };
}
