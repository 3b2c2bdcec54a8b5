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
  /** What was answered to the rows of a block. */
  outputsOf(block: RowRange): Predictions;
  /** Everything served, for the measuring at the end. */
  outputs(): Predictions;
}

const idOf = (row: number): string => `live:${String(row).padStart(10, '0')}`;
const rowOf = (id: string): number => Number(id.slice('live:'.length));

export function createReplayStore(stream: Stream, width: number): ReplayStore {
  const log = createLog(stream, width);
  const { history, firstRows } = stream;
  const { table, labels } = history.rows;
  const isKnown = (row: number): boolean => isLabelKnown(stream, row, log.served());
  return {
    ...createSnapshots(),
    serve: (block, answers) => log.append(block, answers),
    outputsOf: (block) => log.outputs(block),
    outputs: () => log.outputs({ from: firstRows, to: log.served() }),
    clock() {
      const rows = rowsOf({ from: firstRows, to: log.served() });
      const eventMs = history.eventMs === null ? null : (history.eventMs[log.served() - 1] ?? null);
      return Promise.resolve({ rows: rows.length, labels: rows.filter(isKnown).length, eventMs });
    },
    readOutcomes(query): Promise<OutcomeRows> {
      const seen = log.range(query);
      const rows = rowsOf(seen);
      return Promise.resolve({
        ids: rows.map(idOf),
        ...log.answers(seen),
        labels: Float64Array.from(rows, (row) => (isKnown(row) ? (labels[row] ?? Number.NaN) : Number.NaN)),
        predictedMs: Float64Array.from(rows, (row) => history.eventMs?.[row] ?? Number.NaN),
        labelledMs: Float64Array.from(rows, (row) =>
          isKnown(row) ? (history.labelMs?.[row] ?? Number.NaN) : Number.NaN,
        ),
      });
    },
    readArrivals(query) {
      const rows = rowsOf(log.range(query));
      const { eventMs, labelMs } = history;
      const nothing = { predictedMs: new Float64Array(), labelledMs: new Float64Array() };
      if (eventMs === null || labelMs === null) {
        return Promise.resolve({ ...nothing, untimed: rows.filter(isKnown).length });
      }
      return Promise.resolve({
        predictedMs: Float64Array.from(rows, (row) => eventMs[row] ?? Number.NaN),
        labelledMs: Float64Array.from(rows, (row) => (isKnown(row) ? (labelMs[row] ?? Number.NaN) : Number.NaN)),
        untimed: 0,
      });
    },
    readInputs: (query): Promise<Table> => Promise.resolve(sliceTable(table, log.range(query))),
    readLabelled: (query) => Promise.resolve(pickRows(history.rows, rowsOf(log.range(query)).filter(isKnown))),
  };
}

/** What was answered so far. */
function createLog({ history, firstRows }: Stream, width: number) {
  const total = history.rows.table.rowCount;
  const values = new Float64Array(total * width);
  const shadowValues = new Float64Array(total * width);
  const versions: string[] = [];
  const shadowVersions: (string | null)[] = [];
  let served = firstRows;
  const part = (all: Float64Array, { from, to }: RowRange): Predictions => ({
    width,
    values: all.subarray(from * width, to * width),
  });
  return {
    served: () => served,
    outputs: (range: RowRange) => part(values, range),
    append({ from, to }: RowRange, { version, outputs, shadow }: Served): void {
      values.set(Float64Array.from(outputs.values), from * width);
      if (shadow !== null) shadowValues.set(Float64Array.from(shadow.outputs.values), from * width);
      for (let row = from; row < to; row += 1) {
        versions[row] = version;
        shadowVersions[row] = shadow?.version ?? null;
      }
      served = to;
    },
    range({ afterId, upToId, newestRows }: WindowQuery): RowRange {
      const to = upToId === undefined ? served : Math.min(served, rowOf(upToId) + 1);
      const after = afterId === undefined ? firstRows : rowOf(afterId) + 1;
      return { from: Math.max(after, newestRows === undefined ? firstRows : to - newestRows, firstRows), to };
    },
    answers: ({ from, to }: RowRange) => ({
      versions: versions.slice(from, to),
      outputs: part(values, { from, to }),
      shadowVersions: shadowVersions.slice(from, to),
      shadowOutputs: part(shadowValues, { from, to }),
    }),
  };
}

/** Only the newest is kept: a run is over before the next begins. */
function createSnapshots(): Pick<Store, 'writeSnapshot' | 'getSnapshot' | 'readSnapshot' | 'readSnapshotColumns'> {
  let newest: { readonly snapshot: Snapshot; readonly rows: LabelledRows } | null = null;
  const find = (id: string) => {
    if (newest?.snapshot.id === id) return newest;
    throw new Error(`the backtest has no snapshot ${id} any more`);
  };
  return {
    writeSnapshot(model, schema, rows, split) {
      const rowCount = rows.table.rowCount;
      const lastKey = rows.keys[rowCount - 1] ?? '';
      // The history never changes: its first and last row name what is between.
      const id = createHash('sha256')
        .update(JSON.stringify([rows.keys[0], lastKey, rowCount, split]))
        .digest('hex');
      const snapshot = { id, model, path: '', schema, rowCount, split, lastKey };
      newest = { snapshot, rows };
      return Promise.resolve(snapshot);
    },
    // One that is gone is a promise that fails, as in any other store.
    getSnapshot: (_model, id) =>
      new Promise((resolve) => {
        resolve(find(id).snapshot);
      }),
    readSnapshot({ id }, { from, to }) {
      const { rows } = find(id);
      return Promise.resolve({
        table: sliceTable(rows.table, { from, to }),
        labels: rows.labels.subarray(from, to),
        keys: rows.keys.slice(from, to),
      });
    },
    // They are in memory as they are: no column costs anything.
    readSnapshotColumns({ id }, _features, { from, to }) {
      const { rows } = find(id);
      const table = sliceTable(rows.table, { from, to });
      return Promise.resolve({ table, labels: rows.labels.subarray(from, to) });
    },
  };
}

function rowsOf({ from, to }: RowRange): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
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
