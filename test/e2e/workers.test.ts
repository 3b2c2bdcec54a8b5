import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import type { Registry } from '../../adapters/ports/registry.ts';
import type { ReplicaStatus } from '../../adapters/ports/replicas.ts';
import { readHeartbeat } from '../../adapters/replicas/heartbeat.ts';
import { compose } from '../../worker/compose.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { createPredictionClient, type PredictionClient } from '../../client/prediction-client.ts';
import { homeAt } from '../../config/home.ts';
import { temporaryFolder } from '../support/folders.ts';
import { makePriceRows } from '../support/price-project.ts';
import {
  servedModel as model,
  servedSchema,
  startService,
  trainPackages,
  type RunningService,
} from '../support/serving.ts';

const rows = makePriceRows(3, 2).rows.map((row) => ({ ...row }));
let folder = '';
let packages: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incumbent-workers-'));
  packages = await trainPackages(folder, [1, 2]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Rig {
  readonly home: string;
  readonly registry: Registry;
  readonly service: RunningService;
  readonly client: PredictionClient;
  list(): Promise<readonly ReplicaStatus[]>;
}

/** Two workers that serve version 1. */
async function startRig(): Promise<Rig> {
  const home = await temporaryFolder();
  const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
  for (const packageDirectory of packages) {
    await registry.register({ model, idempotencyKey: packageDirectory, packageDirectory, tags: {} });
  }
  await registry.setAlias(model, 'champion', '1');
  const service = await startService(home, { SERVING_WORKERS: '2' });
  const { replicas } = await compose(homeAt(home));
  return { home, registry, service, client: createPredictionClient(service.url), list: () => replicas.list(model) };
}

/** Asks until it is told to stop; ids that were answered, and what failed. */
function askForever(client: PredictionClient) {
  const answers: { id: string; version: string }[] = [];
  const failures: unknown[] = [];
  let isOver = false;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      try {
        const { version, predictions } = await client.predict(model, { rows });
        answers.push(...predictions.map(({ id }) => ({ id, version })));
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const asking = Promise.all(Array.from({ length: 4 }, ask));
  const stop = async (): Promise<void> => {
    isOver = true;
    await asking;
  };
  return { answers, failures, stop };
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look().catch(() => null);
    if (found !== null) return found;
    await sleep(20);
  }
}

const pidOf = async ({ home }: Rig, replicaId: string): Promise<number | null> =>
  (await readHeartbeat(join(home, 'replicas', `${replicaId}.json`)))?.pid ?? null;

describe('several processes behind one port', () => {
  it('are a replica each, which swaps under load without a failed request, and a dead one comes back', async () => {
    const rig = await startRig();
    const replicas = await rig.list();
    expect(replicas.map(({ replicaId, serving }) => [replicaId, serving])).toEqual([
      ['r1-1', '1'],
      ['r1-2', '1'],
    ]);
    expect(new Set([rig.service.url, ...replicas.map(({ url }) => url)]).size).toBe(3);

    const load = askForever(rig.client);
    for (const version of ['2', '1', '2']) {
      await rig.registry.setAlias(model, 'champion', version);
      await until(async () => ((await rig.list()).every(({ serving }) => serving === version) ? true : null));
    }
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(new Set(load.answers.map(({ version }) => version))).toEqual(new Set(['1', '2']));
    const workersOf = (answers: typeof load.answers) =>
      new Set(answers.map(({ id }) => id.split('-').slice(1, 3).join('-')));
    expect(workersOf(load.answers)).toEqual(new Set(['r1-1', 'r1-2']));

    const killed = await pidOf(rig, 'r1-1');
    const during = askForever(rig.client);
    process.kill(killed!, 'SIGKILL');
    const restarted = await until(async () => {
      const pid = await pidOf(rig, 'r1-1');
      return pid === killed || (await rig.list()).length < 2 ? null : pid;
    });
    await during.stop();
    expect(restarted).not.toBe(killed);
    expect((await rig.list()).map(({ replicaId, serving }) => [replicaId, serving])).toEqual([
      ['r1-1', '2'],
      ['r1-2', '2'],
    ]);
    // Only connections to the one that died broke; nobody was told that there is no model, or no champion.
    for (const error of during.failures) expect(String(error)).toContain('fetch failed');
    expect(during.failures.length).toBeLessThan(5);
    const { ids } = await (
      await openStore({ directory: join(rig.home, 'store') })
    ).readOutcomes({ model, schema: servedSchema });
    const logged = new Set(ids);
    expect([...load.answers, ...during.answers].filter(({ id }) => !logged.has(id))).toEqual([]);
  });

  it('end together, in order', async () => {
    const rig = await startRig();
    await rig.client.predict(model, { rows });
    const exit = new Promise((ended) => rig.service.process.once('exit', ended));
    rig.service.process.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(await readdir(join(rig.home, 'replicas'))).toEqual([]);
  });
});
