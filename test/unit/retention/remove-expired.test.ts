import { beforeEach, describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { countFresh } from '../../../activities/gather-rows.ts';
import { holdLog, removeExpired } from '../../../activities/remove-expired.ts';
import { openPredictionLog } from '../../../adapters/store/prediction-log.ts';
import { homeAt, type Home } from '../../../config/home.ts';
import type { Policy } from '../../../domain/project.ts';
import { compose } from '../../../worker/compose.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { testPolicy } from '../../support/policy.ts';
import { prediction, priceSchema as schema } from '../../support/predictions.ts';

const model = 'electricity';
const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 0, 1);
const idOf = (row: number): string => `${startMs + row * dayMs}-r1-abcd000000`;
const policy: Policy = {
  ...testPolicy,
  snapshot: { ...testPolicy.snapshot, recentRows: 2 },
  monitor: { ...testPolicy.monitor, windowRows: 1, labelDelayRows: 1 },
  log: { keepMs: 3 * dayMs },
};
let home: Home;
let deps: Dependencies;

/** Ten days of a row each, a partition each. */
beforeEach(async () => {
  home = homeAt(await temporaryFolder());
  deps = await compose(home);
  const log = await openPredictionLog({ directory: home.store, replicaId: 'r1', maxSegmentLines: 1 });
  for (let row = 0; row < 10; row += 1) {
    await log.appendPredictions(model, [prediction(row, { id: idOf(row), atMs: startMs + row * dayMs })]);
  }
  await log.close();
});

const rowsLeft = async (): Promise<number> => (await deps.store.readOutcomes({ model, schema })).ids.length;

describe('the log of a model whose policy keeps it for a while', () => {
  it('loses what is older once the monitor has judged it', async () => {
    expect(await removeExpired(deps, model, policy, null)).toBeNull();
    expect(await removeExpired(deps, model, policy, idOf(1))).toContain('2 predictions and 0 labels were older');
    expect(await rowsLeft()).toBe(8);
    await removeExpired(deps, model, policy, idOf(9));
    expect(await rowsLeft()).toBe(4);
    expect((await deps.store.clock(model)).rows).toBe(10);
    expect(await removeExpired(deps, model, policy, idOf(9))).toBeNull();
  });

  it('is kept whole without the setting', async () => {
    expect(await removeExpired(deps, model, { ...policy, log: { keepMs: null } }, idOf(9))).toBeNull();
    expect(await rowsLeft()).toBe(10);
  });

  it('keeps what a probation has still to look at, until it is decided or has not looked for a day', async () => {
    await holdLog(deps, model, { decisionId: 'd', afterId: null }, false);
    await removeExpired(deps, model, policy, idOf(9));
    expect(await rowsLeft()).toBe(10);
    await holdLog(deps, model, { decisionId: 'd', afterId: idOf(2) }, false);
    await removeExpired(deps, model, policy, idOf(9));
    expect(await rowsLeft()).toBe(7);
    await deps.holds.write(model, { decisionId: 'd', afterId: idOf(2), renewedAtMs: Date.now() - dayMs - 1 });
    await removeExpired(deps, model, { ...policy, log: { keepMs: 5 * dayMs } }, idOf(9));
    expect(await rowsLeft()).toBe(6);
    await holdLog(deps, model, { decisionId: 'd', afterId: idOf(2) }, true);
    await removeExpired(deps, model, policy, idOf(9));
    expect(await rowsLeft()).toBe(4);
  });

  it('keeps the windows of the monitor and of the next training, however old they are', async () => {
    const wide = { ...policy, monitor: { ...policy.monitor, windowRows: 4, labelDelayRows: 2 } };
    await removeExpired(deps, model, { ...wide, log: { keepMs: 1 } }, idOf(9));
    expect(await rowsLeft()).toBe(6);
    const recent = { ...policy, snapshot: { ...policy.snapshot, recentRows: 5 } };
    await removeExpired(deps, model, { ...recent, log: { keepMs: 1 } }, idOf(9));
    expect(await rowsLeft()).toBe(5);
  });

  it('fails no look when nothing can be removed', async () => {
    const broken = { ...deps, retention: { removeExpired: () => Promise.reject(new Error('read-only')) } };
    expect(await removeExpired(broken, model, policy, idOf(9))).toBeNull();
  });
});

describe('fresh rows', () => {
  const history = ['history:00000000', 'history:00000001'];

  it('are those after the last that was judged, also when that one is no longer kept', () => {
    const rows = [...history, idOf(3), idOf(4)];
    expect(countFresh(rows, null)).toBe(4);
    expect(countFresh(rows, idOf(3))).toBe(1);
    // Rows of the project's history are older than anything that was served.
    expect(countFresh(rows, idOf(2))).toBe(2);
    expect(countFresh(rows, 'history:00000001')).toBe(2);
    expect(countFresh([idOf(3), idOf(4)], 'history:00000001')).toBe(2);
  });
});
