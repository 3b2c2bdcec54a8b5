import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { timesOf } from '../../activities/label-ages.ts';
import type { PredictionLog, SnapshotSplit, Store } from '../../adapters/ports/store.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { openPredictionLog } from '../../adapters/store/prediction-log.ts';
import { temporaryFolder } from '../support/folders.ts';
import { label, prediction, predictionId, priceSchema as schema } from '../support/predictions.ts';
import { forkScript, killHard } from '../support/processes.ts';

const model = 'electricity';
const everything = { model, schema };

async function openBoth(maxSegmentLines = 10_000): Promise<{ directory: string; log: PredictionLog; store: Store }> {
  const directory = await temporaryFolder();
  const log = await openPredictionLog({ directory, replicaId: 'r1', maxSegmentLines });
  onTestFinished(() => log.close());
  return { directory, log, store: await openStore({ directory }) };
}

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);

describe('the store', () => {
  it('knows nothing of a model that was never asked', async () => {
    const { store } = await openBoth();
    expect(await store.clock(model)).toEqual({ rows: 0, labels: 0, eventMs: null });
    expect((await store.readOutcomes(everything)).ids).toEqual([]);
  });

  it('gives back what was logged, with missing values, in prediction order', async () => {
    const { log, store } = await openBoth();
    const missing = { price: null, region: null, holiday: null, seen: null };
    await log.appendPredictions(model, [prediction(2, { features: missing }), prediction(1), prediction(0)]);
    const { rowCount, columns } = await store.readInputs(everything);
    expect(rowCount).toBe(3);
    expect(columns['price']?.values).toEqual(Float64Array.of(0, 1, Number.NaN));
    expect(columns['region']?.values).toEqual(['north', 'it\'s "south"', null]);
    expect(columns['holiday']?.values).toEqual(Float64Array.of(1, 0, Number.NaN));
    expect(columns['seen']?.values[0]).toBe(Date.UTC(2026, 0, 1));
  });

  it('joins labels, however late, and leaves the others open', async () => {
    const { log, store } = await openBoth();
    await log.appendPredictions(model, [prediction(0), prediction(1), prediction(2)]);
    await log.appendLabels(model, [label(2, 'no')]);
    expect((await store.readOutcomes(everything)).labels).toEqual(Float64Array.of(Number.NaN, Number.NaN, 0));
    await log.appendLabels(model, [label(0, 'yes')]);
    expect((await store.readOutcomes(everything)).labels).toEqual(Float64Array.of(1, Number.NaN, 0));
    expect((await store.readLabelled(everything)).keys).toEqual([predictionId(0), predictionId(2)]);
    expect(await store.clock(model)).toEqual({ rows: 3, labels: 2, eventMs: null });
  });

  it('counts the first label of an id, whoever sends another', async () => {
    const { log, store } = await openBoth();
    await log.appendPredictions(model, [prediction(0)]);
    await log.appendLabels(model, [label(0, 'no')]);
    await log.appendLabels(model, [{ ...label(0, 'yes'), atMs: 9_999 }]);
    await log.appendContradictions(model, [label(0, 'yes')]);
    expect((await store.readOutcomes(everything)).labels).toEqual(Float64Array.of(0));
    expect((await store.clock(model)).labels).toBe(1);
  });

  it('refuses a label of a class that the model does not have', async () => {
    const { log, store } = await openBoth();
    await log.appendPredictions(model, [prediction(0)]);
    await log.appendLabels(model, [label(0, 'perhaps')]);
    await expect(store.readOutcomes(everything)).rejects.toThrow(/none of the classes no, yes/);
  });

  it('says when rows were predicted and labelled: by event times, or without them by when it heard of them', async () => {
    const { log, store } = await openBoth();
    await log.appendPredictions(model, [
      prediction(0, { eventMs: 100 }),
      prediction(1, { eventMs: 200 }),
      prediction(2, { eventMs: 300 }),
      prediction(3),
      prediction(4),
    ]);
    await log.appendLabels(model, [{ ...label(0), labelMs: 150 }, label(1), label(3)]);
    const { predictedMs, labelledMs, untimed } = await store.readArrivals(everything);
    // The label of row 1 came at some time of the wall clock, which says nothing about event time.
    expect([...predictedMs]).toEqual([100, 300, 1_003, 1_004]);
    expect([...labelledMs]).toEqual([150, Number.NaN, 5_003, Number.NaN]);
    expect(untimed).toBe(1);
    const outcomes = await store.readOutcomes(everything);
    expect([...outcomes.predictedMs]).toEqual([100, 200, 300, 1_003, 1_004]);
    expect([...outcomes.labelledMs]).toEqual([150, Number.NaN, Number.NaN, 5_003, Number.NaN]);
    for (const newestRows of [0, 2, 4, 9]) {
      expect(timesOf(outcomes, newestRows)).toEqual(await store.readArrivals({ ...everything, newestRows }));
    }
    expect((await store.readArrivals({ ...everything, newestRows: 1 })).predictedMs).toHaveLength(1);
  });

  it('keeps shadow scores apart, and says where there were none', async () => {
    const { log, store } = await openBoth();
    await log.appendPredictions(model, [prediction(0), prediction(1, { shadow: { version: '0', output: [0.75] } })]);
    const rows = await store.readOutcomes(everything);
    expect(rows.shadowVersions).toEqual([null, '0']);
    expect(rows.shadowOutputs.values).toEqual(Float64Array.of(0, 0.75));
    expect(rows.outputs.values).toEqual(Float64Array.of(0.25, 0.25));
  });

  it('keeps one output per class, row by row', async () => {
    const { log, store } = await openBoth();
    await log.appendPredictions(model, [
      prediction(0, { output: [0.1, 0.2, 0.7] }),
      prediction(1, { output: [0.5, 0.3, 0.2] }),
    ]);
    const { outputs } = await store.readOutcomes({ model, schema: { ...schema, classes: ['a', 'b', 'c'] } });
    expect(outputs).toEqual({ width: 3, values: Float64Array.of(0.1, 0.2, 0.7, 0.5, 0.3, 0.2) });
  });

  it('reads windows: after an id, up to an id, the newest rows', async () => {
    const { log, store } = await openBoth();
    await log.appendPredictions(
      model,
      range(10).map((index) => prediction(index, { eventMs: index })),
    );
    const ids = async (query: object): Promise<readonly string[]> =>
      (await store.readOutcomes({ ...everything, ...query })).ids;
    expect(await ids({ afterId: predictionId(7) })).toEqual([predictionId(8), predictionId(9)]);
    expect(await ids({ upToId: predictionId(1) })).toEqual([predictionId(0), predictionId(1)]);
    expect(await ids({ newestRows: 2 })).toEqual([predictionId(8), predictionId(9)]);
    expect((await store.clock(model)).eventMs).toBe(9);
  });

  it('loses and doubles nothing while segments are sealed under its readers', async () => {
    const { log, store, directory } = await openBoth(20);
    for (let from = 0; from < 400; from += 10) {
      await log.appendPredictions(
        model,
        range(10, from).map((index) => prediction(index)),
      );
      expect((await store.clock(model)).rows).toBe(from + 10);
    }
    await log.close();
    expect((await store.readOutcomes(everything)).ids).toEqual(range(400).map(predictionId));
    expect(await readdir(join(directory, model, 'predictions', 'open'))).toEqual([]);
  });

  it('takes the writes of two replicas', async () => {
    const { log, store, directory } = await openBoth();
    const other = await openPredictionLog({ directory, replicaId: 'r2' });
    await Promise.all([
      log.appendPredictions(
        model,
        range(50).map((index) => prediction(index)),
      ),
      other.appendPredictions(
        model,
        range(50, 50).map((index) => prediction(index)),
      ),
    ]);
    expect((await store.clock(model)).rows).toBe(100);
    expect(await other.findPredictions(model, [predictionId(0)])).toEqual(new Map([[predictionId(0), null]]));
    await other.close();
  });
});

describe('the prediction log', () => {
  it('knows what was predicted and labelled, also by an earlier process', async () => {
    const { log, directory } = await openBoth();
    await log.appendPredictions(model, [prediction(0), prediction(1)]);
    await log.appendLabels(model, [label(1)]);
    const expected = new Map([
      [predictionId(0), null],
      [predictionId(1), 'yes'],
    ]);
    const asked = [predictionId(0), predictionId(1), 'nobody'];
    expect(await log.findPredictions(model, asked)).toEqual(expected);
    const later = await openPredictionLog({ directory, replicaId: 'r1' });
    expect(await later.findPredictions(model, asked)).toEqual(expected);
    await later.close();
  });

  it('passes over a torn last line, which nobody was told of', async () => {
    const { log, store, directory } = await openBoth();
    await log.appendPredictions(model, [prediction(0)]);
    const open = join(directory, model, 'predictions', 'open');
    const [segment = ''] = await readdir(open);
    await appendFile(join(open, segment), JSON.stringify(prediction(1)).slice(0, 60));
    expect((await store.readOutcomes(everything)).ids).toEqual([predictionId(0)]);
  });

  it('says so when it can not write, and acknowledges nothing', async () => {
    const { log, store, directory } = await openBoth();
    await mkdir(join(directory, model), { recursive: true });
    await writeFile(join(directory, model, 'predictions'), 'a file where a folder should be');
    await expect(log.appendPredictions(model, [prediction(0)])).rejects.toThrow(/can't be written/);
    expect(await log.findPredictions(model, [])).toEqual(new Map());
    await expect(store.clock('../escape')).rejects.toThrow(/no model name/);
  });

  it('keeps every acknowledged prediction when its process is killed', async () => {
    const directory = await temporaryFolder();
    for (const replicaId of ['r1', 'r1', 'r2']) {
      const acknowledged: string[] = [];
      const child = forkScript('log-forever.ts', [directory, replicaId]);
      child.on('message', (ids) => acknowledged.push(...(ids as string[])));
      while (acknowledged.length < 150) await sleep(5);
      await killHard(child);
      const store = await openStore({ directory });
      const kept = new Set((await store.readOutcomes(everything)).ids);
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    }
  });
});

describe('snapshots', () => {
  const split: SnapshotSplit = {
    train: { from: 0, to: 3_000 },
    validation: { from: 3_000, to: 3_500 },
    holdout: { from: 3_500, to: 4_000 },
  };

  async function manyRows(): Promise<{
    directory: string;
    store: Store;
    rows: Awaited<ReturnType<Store['readLabelled']>>;
  }> {
    const { directory, log, store } = await openBoth();
    const indices = range(4_000);
    await log.appendPredictions(
      model,
      indices.map((index) => prediction(index)),
    );
    await log.appendLabels(
      model,
      indices.map((index) => label(index, index % 3 === 0 ? 'yes' : 'no')),
    );
    return { directory, store, rows: await store.readLabelled(everything) };
  }

  it('come back row for row, in any range', async () => {
    const { store, rows } = await manyRows();
    const written = await store.writeSnapshot(model, schema, rows, split);
    const snapshot = await store.getSnapshot(model, written.id);
    expect(snapshot).toEqual(written);
    expect(snapshot.lastKey).toBe(predictionId(3_999));
    const part = await store.readSnapshot(snapshot, { from: 2_040, to: 2_060 });
    expect(part.keys).toEqual(range(20, 2_040).map(predictionId));
    expect(part.labels).toEqual(rows.labels.slice(2_040, 2_060));
    expect(part.table.columns['price']?.values).toEqual(Float64Array.from(range(20, 2_040)));
  });

  it('keep keys that have line breaks', async () => {
    const { store } = await openBoth();
    const keys = ['a', 'b\nc', '', 'd\n'];
    const features = [{ name: 'price', type: 'numeric' }] as const;
    const table = {
      rowCount: 4,
      columns: { price: { kind: 'numeric' as const, values: Float64Array.of(1, 2, 3, 4) } },
    };
    const none = { from: 0, to: 0 };
    const parts = { train: { from: 0, to: 4 }, validation: none, holdout: none };
    const rows = { table, labels: Float64Array.of(0, 1, 0, 1), keys };
    const snapshot = await store.writeSnapshot(model, { ...schema, features: [...features] }, rows, parts);
    expect((await store.readSnapshot(snapshot, { from: 0, to: 4 })).keys).toEqual(keys);
    expect((await store.readSnapshot(snapshot, { from: 2, to: 3 })).keys).toEqual(['']);
    expect((await store.readSnapshot(snapshot, { from: 4, to: 9 })).keys).toEqual([]);
  });

  it('can be read by column, from several readers at once, while others ask the store', async () => {
    const { store, rows } = await manyRows();
    const snapshot = await store.writeSnapshot(model, schema, rows, split);
    const asked = { from: 10, to: 3_990 };
    const reads = schema.features.map((feature) => store.readSnapshotColumns(snapshot, [feature], asked));
    const [whole, clock, ...parts] = await Promise.all([
      store.readSnapshot(snapshot, asked),
      store.clock(model),
      ...reads,
    ]);
    expect(clock.rows).toBe(4_000);
    for (const [index, { name }] of schema.features.entries()) {
      const { table, labels } = parts[index]!;
      expect(table).toEqual({ rowCount: 3_980, columns: { [name]: whole.table.columns[name] } });
      expect(labels).toEqual(whole.labels);
    }
  });

  it('are named by their content: equal rows, equal id, in any process', async () => {
    const { directory, store, rows } = await manyRows();
    const first = await store.writeSnapshot(model, schema, rows, split);
    const again = await (await openStore({ directory })).writeSnapshot(model, schema, rows, split);
    expect(again.id).toBe(first.id);
    const other = await store.writeSnapshot(
      model,
      schema,
      { ...rows, labels: rows.labels.map((one) => 1 - one) },
      split,
    );
    expect(other.id).not.toBe(first.id);
  });

  it('that are not there are an error that names them', async () => {
    const { store } = await openBoth();
    await expect(store.getSnapshot(model, 'abc')).rejects.toThrow(/no snapshot abc of electricity/);
  });
});
