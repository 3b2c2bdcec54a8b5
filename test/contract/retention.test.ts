import { readdir, writeFile } from 'node:fs/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Retention, Store } from '../../adapters/ports/store.ts';
import type { Places } from '../../adapters/store/layout.ts';
import { openPartitions } from '../../adapters/store/open-partitions.ts';
import { createRetention, openRetention } from '../../adapters/store/open-retention.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { openPredictionLog } from '../../adapters/store/prediction-log.ts';
import type { StoreLocation } from '../../config/store-location.ts';
import type { KeepRule } from '../../domain/retention/find-expired.ts';
import { temporaryFolder } from '../support/folders.ts';
import { prediction, priceSchema as schema } from '../support/predictions.ts';
import { startS3Server, type S3Server } from '../support/s3-server.ts';

const model = 'electricity';
const startMs = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;
let server: S3Server;
let connection: DuckDBConnection;

beforeAll(async () => {
  server = await startS3Server();
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
}, 120_000);
afterAll(() => server.stop());

/** Ids as the service makes them: a row a day. */
const idOf = (day: number): string => `${startMs + day * dayMs}-r1-abcd000000`;
const served = (day: number) =>
  prediction(0, { id: idOf(day), atMs: startMs + day * dayMs, eventMs: startMs + day * dayMs, entity: `shop ${day}` });
const labelOf = (day: number, atDay = day) => ({ id: idOf(day), label: 'yes', atMs: startMs + atDay * dayMs });
const keep = (days: number, changes: Partial<KeepRule> = {}): KeepRule => ({
  keepMs: days * dayMs,
  neededAfterId: '9',
  neededRows: 1,
  ...changes,
});

interface Rig {
  readonly directory: string;
  readonly s3: StoreLocation | null;
  readonly store: Store;
  readonly retention: Retention;
  readonly places: Places;
  /** Predictions of these days with outcomes of some of them, sealed as one partition of each. */
  add(days: readonly number[], labelled?: readonly number[]): Promise<void>;
}

let buckets = 0;

async function openRig(where: string): Promise<Rig> {
  const directory = await temporaryFolder();
  const s3 = where === 'S3' ? { ...server.location, url: `s3://bucket/retention-${(buckets += 1)}` } : null;
  const places = { root: directory, partitions: await openPartitions(connection, directory, s3) };
  return {
    directory,
    s3,
    places,
    store: await openStore({ directory, s3 }),
    retention: await openRetention({ directory, s3 }),
    async add(days, labelled = []) {
      const log = await openPredictionLog({ directory, s3, replicaId: 'r1' });
      await log.appendPredictions(model, days.map(served));
      await log.appendLabels(
        model,
        labelled.map((day) => labelOf(day)),
      );
      await log.close();
    },
  };
}

const daysLeft = async ({ store }: Rig): Promise<readonly number[]> =>
  (await store.readOutcomes({ model, schema })).ids.map((id) => (Number.parseInt(id, 10) - startMs) / dayMs);

describe.each(['the disk', 'S3'])('the log on %s that is kept for a while', (where) => {
  it('loses whole partitions that are older, with their outcomes, and its clocks stay', async () => {
    const rig = await openRig(where);
    await rig.add([0, 1, 2], [0, 1]);
    await rig.add([3, 4, 5], [2, 3]);
    await rig.add([20, 21], [4, 20]);
    const before = await rig.store.clock(model);
    expect(before).toEqual({ rows: 8, labels: 6, eventMs: startMs + 21 * dayMs });
    expect(await rig.retention.removeExpired(model, keep(18))).toEqual({ partitions: 2, predictions: 3, labels: 2 });
    expect(await daysLeft(rig)).toEqual([3, 4, 5, 20, 21]);
    expect(await rig.store.clock(model)).toEqual(before);
    // Nothing more to do.
    expect(await rig.retention.removeExpired(model, keep(18))).toEqual({ partitions: 0, predictions: 0, labels: 0 });
    expect(await rig.retention.removeExpired(model, keep(10))).toEqual({ partitions: 2, predictions: 3, labels: 2 });
    expect(await daysLeft(rig)).toEqual([20, 21]);
    expect(await rig.store.clock(model)).toEqual(before);
    await rig.add([22], [22]);
    expect(await rig.store.clock(model)).toEqual({ rows: 9, labels: 7, eventMs: startMs + 22 * dayMs });
  });

  it('keeps what is needed, however old', async () => {
    const rig = await openRig(where);
    for (const day of [0, 1, 2, 3]) await rig.add([day]);
    await rig.retention.removeExpired(model, keep(1, { neededAfterId: idOf(0) }));
    expect(await daysLeft(rig)).toEqual([1, 2, 3]);
    await rig.retention.removeExpired(model, keep(1, { neededRows: 3 }));
    expect(await daysLeft(rig)).toEqual([1, 2, 3]);
    await rig.retention.removeExpired(model, keep(1, { neededRows: 2 }));
    expect(await daysLeft(rig)).toEqual([2, 3]);
  });

  it('says up to where it was removed, and finds nothing of it', async () => {
    const rig = await openRig(where);
    await rig.add([0, 1], [0]);
    await rig.add([30]);
    const log = await openPredictionLog({ directory: rig.directory, s3: rig.s3, replicaId: 'r2' });
    expect(await log.findRemoved(model)).toBeNull();
    await rig.retention.removeExpired(model, keep(7));
    expect(await log.findRemoved(model)).toEqual({ id: idOf(1), eventMs: startMs + dayMs });
    expect(await log.findPredictions(model, [idOf(0), idOf(30)])).toEqual(new Map([[idOf(30), null]]));
    const wanted = [{ entity: 'shop 1', timeMs: startMs + dayMs, withinMs: 0 }];
    expect(await log.findAboutEntities(model, wanted)).toEqual([null]);
    await log.close();
  });

  it('counts nothing twice, and nothing less, wherever the remover dies', async () => {
    // Over the network one point must do: after the first tombstone, before its file goes.
    for (let dieAt = where === 'S3' ? 1 : 0, survived = false; !survived; dieAt += 1) {
      const rig = await openRig(where);
      await rig.add([0, 1, 2], [0, 1]);
      await rig.add([3, 4], [2, 3]);
      await rig.add([30, 31], [4, 30]);
      const before = await rig.store.clock(model);
      const dying = createRetention(connection, { ...rig.places, partitions: dieAfter(rig.places.partitions, dieAt) });
      survived = await dying.removeExpired(model, keep(7)).then(
        () => true,
        () => false,
      );
      expect(await rig.store.clock(model)).toEqual(before);
      await rig.retention.removeExpired(model, keep(7));
      expect(await rig.store.clock(model)).toEqual(before);
      expect(await daysLeft(rig)).toEqual([30, 31]);
      for (const kind of ['predictions', 'labels'] as const) {
        const files = (await rig.places.partitions.list(model, kind)).map(({ stem }) => stem);
        const gone = (await rig.places.partitions.listRemoved(model, kind)).map(({ stem }) => stem);
        expect(files.filter((stem) => gone.includes(stem))).toEqual([]);
        expect(new Set(gone).size).toBe(gone.length);
      }
      if (where === 'S3') break;
    }
  });
});

/** Partitions of which only so many changes are made; then the process is dead: before one of them, or just after. */
function dieAfter(partitions: Places['partitions'], changes: number): Places['partitions'] {
  let left = changes;
  const orDie = async (change: () => Promise<void>): Promise<void> => {
    if (left === 0) throw new Error('dead');
    left -= 1;
    await change();
  };
  return {
    ...partitions,
    markRemoved: (...args) => orDie(() => partitions.markRemoved(...args)),
    remove: (partition) => orDie(() => partitions.remove(partition)),
  };
}

describe('clocks of a log that is kept for a while', () => {
  it('never go back, whatever is logged, removed by several at a time, or cut short', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), days: fc.integer({ min: 1, max: 4 }), labelled: fc.nat(6) }),
      fc.record({
        kind: fc.constant('remove' as const),
        keepDays: fc.integer({ min: 1, max: 6 }),
        dieAt: fc.array(fc.nat(6), { minLength: 1, maxLength: 2 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
        const rig = await openRig('the disk');
        let [day, labelled] = [0, 0];
        for (const one of steps) {
          if (one.kind === 'add') {
            const days = Array.from({ length: one.days }, () => (day += 1));
            const outcomes = Array.from({ length: Math.min(one.labelled, day - labelled) }, () => (labelled += 1));
            const kept = await daysLeft(rig);
            // The service refuses the outcome of what is gone.
            await rig.add(
              days,
              outcomes.filter((of) => kept.includes(of) || days.includes(of)),
            );
            labelled = day;
          } else {
            const before = await rig.store.clock(model);
            await Promise.all(
              one.dieAt.map((changes) =>
                createRetention(connection, { ...rig.places, partitions: dieAfter(rig.places.partitions, changes) })
                  .removeExpired(model, keep(one.keepDays))
                  .catch(() => undefined),
              ),
            );
            expect(await rig.store.clock(model)).toEqual(before);
          }
          expect((await rig.store.clock(model)).rows).toBe(day);
        }
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it('go on while readers and a remover meet', async () => {
    const rig = await openRig('the disk');
    for (let day = 0; day < 12; day += 1) await rig.add([day], [day]);
    const before = await rig.store.clock(model);
    let isOver = false;
    const seen: number[] = [];
    const reading = (async () => {
      while (!isOver) seen.push((await rig.store.clock(model)).rows);
    })();
    for (let days = 11; days > 1; days -= 1) await rig.retention.removeExpired(model, keep(days));
    isOver = true;
    await reading;
    expect(new Set(seen)).toEqual(new Set([before.rows]));
    expect(await daysLeft(rig)).toEqual([9, 10, 11]);
  });

  it('count a segment once whose lines outlived it, and the next start takes them away', async () => {
    const rig = await openRig('the disk');
    await rig.add([0, 1]);
    const [old] = await rig.places.partitions.list(model, 'predictions');
    await rig.add([30]);
    await rig.retention.removeExpired(model, keep(7));
    const open = `${rig.directory}/${model}/predictions/open`;
    await writeFile(`${open}/${old!.stem}.ndjson`, `${JSON.stringify(served(0))}\n${JSON.stringify(served(1))}\n`);
    expect((await rig.store.clock(model)).rows).toBe(3);
    expect(await daysLeft(rig)).toEqual([30]);
    await (await openPredictionLog({ directory: rig.directory, replicaId: 'r1' })).close();
    expect(await readdir(open)).toEqual([]);
    expect((await rig.store.clock(model)).rows).toBe(3);
  });
});
