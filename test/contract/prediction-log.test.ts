import { mkdir, open, readdir, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PredictionLog, Store } from '../../adapters/ports/store.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { openPredictionLog, type PredictionLogOptions } from '../../adapters/store/prediction-log.ts';
import { temporaryFolder } from '../support/folders.ts';
import { label, prediction, predictionId, priceSchema as schema } from '../support/predictions.ts';

const model = 'electricity';
const noon = Date.UTC(2026, 2, 31, 12);
const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);
const predictions = (count: number, from = 0) => range(count, from).map((index) => prediction(index));

interface Rig {
  readonly directory: string;
  readonly log: PredictionLog;
  readonly store: Store;
  ids(): Promise<readonly string[]>;
  /** Paths of the segments, relative to their folder. */
  files(): Promise<readonly string[]>;
}

async function openRig(changes: Partial<PredictionLogOptions> = {}): Promise<Rig> {
  const directory = changes.directory ?? (await temporaryFolder());
  const log = await openPredictionLog({ directory, replicaId: 'r1', ...changes });
  onTestFinished(() => log.close());
  const store = await openStore({ directory });
  return {
    directory,
    log,
    store,
    ids: async () => (await store.readOutcomes({ model, schema })).ids,
    async files() {
      const folder = join(directory, model, 'predictions');
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return files.map(({ name, parentPath }) => relative(folder, join(parentPath, name))).sort();
    },
  };
}

/** Counts the syncs of file data in this process. */
async function spyOnSyncs(directory: string): Promise<{ readonly count: () => number }> {
  const path = join(directory, 'probe');
  await writeFile(path, '');
  const handle = await open(path);
  const spy = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'datasync');
  onTestFinished(() => spy.mockRestore());
  await handle.close();
  return { count: () => spy.mock.calls.length };
}

describe('the durability of the log', () => {
  it('is one sync for all the requests that wait together', async () => {
    const { log, directory, ids } = await openRig();
    await log.appendPredictions(model, predictions(1));
    const syncs = await spyOnSyncs(directory);
    await Promise.all(range(500, 1).map((index) => log.appendPredictions(model, [prediction(index)])));
    // The first turn takes what waits; what came while it was written goes with the second.
    expect(syncs.count()).toBeGreaterThan(0);
    expect(syncs.count()).toBeLessThanOrEqual(2);
    expect(await ids()).toHaveLength(501);
  });

  it('is none before the answer where it is `fast`, and one within a second', async () => {
    const { log, directory, ids } = await openRig({ durability: 'fast' });
    const syncs = await spyOnSyncs(directory);
    for (const index of range(20)) await log.appendPredictions(model, [prediction(index)]);
    expect(await ids()).toHaveLength(20);
    while (syncs.count() === 0) await sleep(20);
    expect(syncs.count()).toBe(1);
  });
});

describe('segments of the log', () => {
  it('become Parquet files by the UTC date, also when the clock goes back over midnight', async () => {
    let nowMs = noon;
    const { log, files, ids } = await openRig({ now: () => nowMs });
    for (const [index, date] of [31, 32, 31].entries()) {
      nowMs = Date.UTC(2026, 2, date, 12);
      await log.appendPredictions(model, [prediction(index)]);
    }
    await log.close();
    const found = await files();
    expect(found.map((path) => path.replace(/r1-\d+-\w{6}/, 'r1'))).toEqual([
      'sealed/date=2026-03-31/r1.parquet',
      'sealed/date=2026-03-31/r1.parquet',
      'sealed/date=2026-04-01/r1.parquet',
    ]);
    expect(await ids()).toEqual(range(3).map(predictionId));
  });

  it('become Parquet files when they are old, though nothing more is written', async () => {
    const { log, files } = await openRig({ maxSegmentAgeMs: 200 });
    await log.appendPredictions(model, predictions(3));
    expect(await files()).toEqual([expect.stringMatching(/^open\/r1-\d+-\w{6}\.ndjson$/)]);
    while (!(await files()).every((path) => path.endsWith('.parquet'))) await sleep(20);
  });

  it('that a killed process left behind are sealed by the next of that name, and by no other', async () => {
    const directory = await temporaryFolder();
    const folder = join(directory, model, 'predictions', 'open');
    await mkdir(folder, { recursive: true });
    const line = (index: number): string => `${JSON.stringify(prediction(index))}\n`;
    await writeFile(join(folder, `r1-${noon}-abc123.ndjson`), `${line(0)}{"id":"torn`);
    await writeFile(join(folder, `r1-2-${noon}-abc123.ndjson`), line(1));
    const { log, files, ids } = await openRig({ directory });
    await log.close();
    expect(await files()).toEqual([
      `open/r1-2-${noon}-abc123.ndjson`,
      'sealed/date=2026-03-31/r1-1774958400000-abc123.parquet',
    ]);
    expect(await ids()).toEqual(range(2).map(predictionId));
  });

  it('that were sealed but not yet removed count once, and are removed at the next start', async () => {
    const { directory, log, files } = await openRig({ now: () => noon });
    await log.appendPredictions(model, predictions(2));
    const [lines = ''] = await files();
    const text = await readFile(join(directory, model, 'predictions', lines));
    await log.close();
    await writeFile(join(directory, model, 'predictions', lines), text);
    const again = await openRig({ directory });
    expect(await again.ids()).toHaveLength(2);
    await again.log.close();
    expect(await files()).toEqual([expect.stringMatching(/\.parquet$/)]);
  });

  it('stay as they are when they can’t be sealed, and are sealed with the next', async () => {
    const failures: unknown[] = [];
    const onSealFailed = (error: unknown): void => void failures.push(error);
    const { directory, log, files, ids } = await openRig({ maxSegmentLines: 2, onSealFailed });
    const sealed = join(directory, model, 'predictions', 'sealed');
    await mkdir(join(directory, model, 'predictions'), { recursive: true });
    await writeFile(sealed, 'a file where a folder should be');
    await log.appendPredictions(model, predictions(2));
    while (failures.length === 0) await sleep(5);
    expect(await ids().catch(() => 'unreadable')).toBe('unreadable');
    await rm(sealed);
    await log.appendPredictions(model, predictions(2, 2));
    await log.close();
    expect((await files()).every((path) => path.endsWith('.parquet'))).toBe(true);
    expect(await ids()).toHaveLength(4);
  });
});

describe('what was predicted', () => {
  it('and labelled through another replica is known here', async () => {
    const { directory, log } = await openRig();
    const other = await openRig({ directory, replicaId: 'r2' });
    await log.appendPredictions(model, predictions(2));
    expect(await other.log.findPredictions(model, [predictionId(0)])).toEqual(new Map([[predictionId(0), null]]));
    await other.log.appendLabels(model, [label(0, 'no')]);
    const known = await log.findPredictions(model, [predictionId(0), predictionId(1)]);
    expect(known).toEqual(new Map([[predictionId(0), 'no'], [predictionId(1), null]])); // prettier-ignore
  });

  describe('in a trace', () => {
    const id = (index: number): string => `${noon + index}-r1-abcd000000`;
    const span = (digit: number): string => `00-${'a'.repeat(32)}-${String(digit).repeat(16)}-01`;
    const traced = (index: number, digit?: number) =>
      prediction(index, { id: id(index), ...(digit === undefined ? {} : { traceparent: span(digit) }) });
    const asked = [id(0), id(1), id(2), id(3)];

    it('is found with its span by the process that wrote it and by others, before and after sealing, each span once', async () => {
      const { directory, log, files } = await openRig({ now: () => noon });
      const other = await openRig({ directory, replicaId: 'r2' });
      await log.appendPredictions(model, [traced(0, 1), traced(1, 1), traced(2, 2), traced(3)]);
      for (const one of [log, other.log]) expect(await one.findTraces(model, asked, 9)).toEqual([span(1), span(2)]);
      await log.close();
      expect(await files()).toEqual([expect.stringMatching(/\.parquet$/)]);
      const later = await openRig({ directory, replicaId: 'r3' });
      for (const one of [later.log, other.log])
        expect(await one.findTraces(model, asked, 9)).toEqual([span(1), span(2)]);
      expect(await later.log.findTraces(model, [id(3)], 9)).toEqual([]);
      expect(await later.log.findTraces(model, asked, 1)).toEqual([span(1)]);
    });

    it('is read beside partitions of a time when records had no span', async () => {
      const { directory, log, ids } = await openRig({ now: () => noon });
      const path = join(directory, model, 'predictions', 'sealed', 'date=2026-03-31', `r0-${noon}-abc123.parquet`);
      await log.appendPredictions(model, [traced(0)]);
      await log.close();
      const connection = await (await DuckDBInstance.create()).connect();
      const [sealed = ''] = (await readdir(dirname(path))).map((name) => join(dirname(path), name));
      await connection.run(`COPY (SELECT * EXCLUDE (traceparent) FROM '${sealed}') TO '${path}' (FORMAT parquet)`);
      connection.closeSync();
      await rm(sealed);
      const later = await openRig({ directory, now: () => noon });
      expect(await later.log.findTraces(model, asked, 9)).toEqual([]);
      await later.log.appendPredictions(model, [traced(1, 1)]);
      await later.log.close();
      const last = await openRig({ directory, now: () => noon });
      expect(await last.log.findTraces(model, asked, 9)).toEqual([span(1)]);
      expect(await ids()).toEqual([id(0), id(1)]);
    });
  });

  it('is still found where the log is closed meanwhile, which waits for that', async () => {
    const { directory, log } = await openRig();
    await log.appendPredictions(model, predictions(3));
    const next = await openPredictionLog({ directory, replicaId: 'r2' });
    const order: string[] = [];
    const found = next.findPredictions(model, [predictionId(1)]).finally(() => order.push('found'));
    await next.close().finally(() => order.push('closed'));
    expect([...(await found).keys()]).toEqual([predictionId(1)]);
    expect(order).toEqual(['found', 'closed']);
  });

  it('is found by its id where dates and ids have parted, because a clock was set back', async () => {
    const directory = await temporaryFolder();
    const idAt = (ms: number): string => `${String(ms).padStart(13, '0')}-r1-abcd000000`;
    const ids = [Date.UTC(2026, 3, 1), Date.UTC(2027, 0, 1)].map(idAt);
    const early = await openPredictionLog({ directory, replicaId: 'r1', now: () => Date.UTC(2026, 3, 1) });
    await early.appendPredictions(model, ids.map((id, index) => prediction(index, { id }))); // prettier-ignore
    await early.close();
    const { log } = await openRig({ directory });
    expect(await log.findPredictions(model, [...ids, idAt(0)])).toEqual(new Map(ids.map((id) => [id, null])));
  });
});
