import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReplicaStatus } from '../../adapters/ports/replicas.ts';
import { readHeartbeat } from '../../adapters/replicas/heartbeat.ts';
import { compose } from '../../worker/compose.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { homeAt } from '../../config/home.ts';
import type { PredictAnswer } from '../../config/wire.ts';
import { makePriceRows } from '../support/price-project.ts';
import { askForever, startServingRig, until, type ServingRig } from '../support/serving-rig.ts';
import { servedModel as model, servedSchema, trainPackages } from '../support/serving.ts';

const rows = makePriceRows(3, 2).rows.map((row) => ({ ...row }));
let folder = '';
let packages: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incumbent-workers-'));
  packages = await trainPackages(folder, [1, 2]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Rig extends ServingRig {
  list(): Promise<readonly ReplicaStatus[]>;
}

/** Two workers that serve version 1. */
async function startRig(environment: Readonly<Record<string, string>> = {}): Promise<Rig> {
  const rig = await startServingRig(packages, { SERVING_WORKERS: '2', ...environment });
  const { replicas } = await compose(homeAt(rig.home));
  return { ...rig, list: () => replicas.list(model) };
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

    const load = askForever(rig.client, rows);
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
    const during = askForever(rig.client, rows);
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

  it('are measured and limited as one, and say when one of them is missing', async () => {
    const rig = await startRig({ INCUMBENT_RATE_PER_SECOND: '0.001', INCUMBENT_RATE_BURST: '60' });
    // A connection each, so that both are asked.
    const headers = { connection: 'close', 'content-type': 'application/json' };
    const ask = () => fetch(`${rig.service.url}/v1/models/${model}/predict`, { method: 'POST', headers, body: JSON.stringify({ rows }) }); // prettier-ignore
    const answers: Response[] = [];
    for (let asked = 0; asked < 36; asked += 1) answers.push(await ask());
    const ids = await Promise.all(answers.map(async (one) => ((await one.json()) as PredictAnswer).predictions[0]!.id));
    expect(new Set(ids.map((id) => id.split('-').slice(1, 3).join('-')))).toEqual(new Set(['r1-1', 'r1-2']));
    const counted = async (): Promise<string> => await (await fetch(`${rig.service.url}/metrics`, { headers: { connection: 'close' } })).text(); // prettier-ignore
    const ended =
      /incumbent_request_duration_seconds_count\{route="\/v1\/models\/:name\/predict",model="prices",status="200"\} (\d+)/;
    const text = await counted();
    expect(Number(ended.exec(text)?.[1])).toBe(36);
    expect(text).toContain(`incumbent_version_info{model="prices",role="champion",version="1"} 1`);

    const killed = await pidOf(rig, 'r1-1');
    process.kill(killed!, 'SIGKILL');
    const warned = await until(async () => {
      // A connection that was on its way to the dead one is never answered: the next look must come before all is well again.
      const answer = await fetch(`${rig.service.url}/ready`, { headers, signal: AbortSignal.timeout(300) });
      const { warnings } = (await answer.json()) as { warnings: string[] };
      return warnings.length === 0 ? null : warnings;
    });
    expect(warned).toEqual(['1 of 2 workers answer; the others are being started again']);
    // What the dead one counted still counts.
    const after = Number(ended.exec(await counted())?.[1]);
    expect(after).toBe(36);
    let refused = 0;
    for (let asked = 0; asked < 40; asked += 1) if ((await ask()).status === 429) refused += 1;
    // Sixty in all, twice /metrics among them, whoever of the two was asked; what the dead one held unused is gone.
    expect(refused).toBeGreaterThanOrEqual(18);
    expect(refused).toBeLessThanOrEqual(30);
  });

  it('break off a connection that was on its way to one that dies, so that it is asked again', async () => {
    const rig = await startRig();
    const stopped = (await pidOf(rig, 'r1-1'))!;
    process.kill(stopped, 'SIGSTOP');
    const ask = async (): Promise<string> =>
      await fetch(`${rig.service.url}/ready`, { headers: { connection: 'close' } }).then(
        () => 'answered',
        // What is never answered is given up by whoever asks, after minutes.
        ({ cause }: { cause?: { code?: string } }) => (/TIMEOUT/.test(cause?.code ?? '') ? 'given up' : 'broken off'),
      );
    // One at a time goes to the one that takes none; all others are answered.
    const asked = Array.from({ length: 6 }, ask);
    const told: string[] = [];
    for (const one of asked) void one.then((outcome) => told.push(outcome));
    await until(async () => (told.length < 5 ? null : told));
    expect(told).toEqual(Array.from({ length: 5 }, () => 'answered'));
    process.kill(stopped, 'SIGKILL');
    expect((await Promise.all(asked)).toSorted()).toEqual([...told.slice(0, 5), 'broken off']);
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
