import { once } from 'node:events';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReplicas } from '../../adapters/replicas/http-replicas.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { createPredictionClient, type PredictionClient } from '../../client/prediction-client.ts';
import type { ModelStatus } from '../../config/wire.ts';
import { temporaryFolder } from '../support/folders.ts';
import { makePriceRows } from '../support/price-project.ts';
import { killHard } from '../support/processes.ts';
import { askForever as keepAsking, startServingRig, type Load, type ServingRig } from '../support/serving-rig.ts';
import { servedModel as model, servedSchema, startService, trainPackages } from '../support/serving.ts';

const rows = makePriceRows(8, 2).rows.map((row) => ({ ...row }));
let packagesFolder = '';
let packages: readonly string[] = [];

beforeAll(async () => {
  packagesFolder = await mkdtemp(join(tmpdir(), 'incumbent-packages-'));
  packages = await trainPackages(packagesFolder, [1, 2]);
});

afterAll(() => rm(packagesFolder, { recursive: true, force: true }));

type Rig = ServingRig;
const startRig = (): Promise<Rig> => startServingRig(packages);
const askForever = (client: PredictionClient): Load => keepAsking(client, rows, 'end');

async function untilStatus({ client }: Rig, isReached: (status: ModelStatus) => boolean): Promise<ModelStatus> {
  for (;;) {
    const status = await client.status(model);
    if (isReached(status)) return status;
    await sleep(10);
  }
}

const readOutcomes = async (home: string) =>
  await (await openStore({ directory: join(home, 'store') })).readOutcomes({ model, schema: servedSchema });

describe('the champion is swapped', () => {
  it('under load without a failed request, and each answer is that of the version it names', async () => {
    const rig = await startRig();
    const expected = new Map<string, number[]>();
    for (const version of ['2', '1']) {
      await rig.registry.setAlias(model, 'champion', version);
      await untilStatus(rig, ({ serving }) => serving === version);
      const { predictions } = await rig.client.predict(model, { rows });
      expected.set(
        version,
        predictions.map(({ probabilities }) => probabilities?.['up'] ?? -1),
      );
    }
    expect(expected.get('1')).not.toEqual(expected.get('2'));
    const load = askForever(rig.client);
    for (let swap = 0; swap < 12; swap += 1) {
      const version = swap % 2 === 0 ? '2' : '1';
      await rig.registry.setAlias(model, 'champion', version);
      await untilStatus(rig, ({ serving }) => serving === version);
    }
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(new Set(load.answers.map(({ version }) => version))).toEqual(new Set(['1', '2']));
    const answered = load.answers.map(({ probability }) => probability);
    const promised = load.answers.map(({ version }, index) => expected.get(version)?.[index % rows.length] ?? -1);
    // Rows of several requests share one run of the network, whose last bit depends on how many they are.
    const worst = Math.max(...answered.map((value, index) => Math.abs(value - (promised[index] ?? 0))));
    expect(worst).toBeLessThan(1e-6);
    const logged = await readOutcomes(rig.home);
    const byId = new Map(logged.ids.map((id, index) => [id, logged.versions[index]]));
    expect(load.answers.every(({ id, version }) => byId.get(id) === version)).toBe(true);
  });

  it('as a promotion does it: staged, shadowed by the one before, checked over the wire', async () => {
    const rig = await startRig();
    await rig.registry.setAlias(model, 'challenger', '2');
    const staged = await untilStatus(rig, ({ loaded }) => loaded.length === 2);
    expect(staged).toMatchObject({ serving: '1', problem: null });
    await rig.registry.setAlias(model, 'previous', '1');
    await rig.registry.setAlias(model, 'champion', '2');
    await rig.registry.setAlias(model, 'challenger', null);
    const served = await untilStatus(rig, ({ serving, loaded }) => serving === '2' && loaded.length === 2);
    expect(served.loaded.map(({ version, role }) => [version, role])).toEqual([
      ['2', 'champion'],
      ['1', 'previous'],
    ]);
    const loadedAt = ({ loaded }: ModelStatus) =>
      new Map(loaded.map(({ version, loadedAtMs }) => [version, loadedAtMs]));
    expect(loadedAt(served)).toEqual(loadedAt(staged));
    const replicas = openReplicas({ directory: join(rig.home, 'replicas') });
    const [replica] = await replicas.list(model);
    if (replica === undefined) throw new Error('the replica has no heartbeat');
    expect(replica).toMatchObject({ replicaId: 'r1', url: rig.service.url, serving: '2' });
    for (const version of ['1', '2']) expect(await replicas.verifyGolden(replica, model, version)).toBeLessThan(1e-5);
    await rig.client.predict(model, { rows });
    const logged = await readOutcomes(rig.home);
    expect(new Set(logged.versions)).toEqual(new Set(['2']));
    expect(new Set(logged.shadowVersions)).toEqual(new Set(['1']));
    expect(logged.shadowOutputs.values).not.toEqual(logged.outputs.values);
  });
});

describe('the champion stays', () => {
  it('when the golden predictions of the next one don’t come out', async () => {
    const rig = await startRig();
    const packageDirectory = join(await temporaryFolder(), 'package');
    await cp(packages[1] ?? '', packageDirectory, { recursive: true });
    const golden = JSON.parse(await readFile(join(packageDirectory, 'golden.json'), 'utf8')) as { outputs: number[][] };
    golden.outputs[0] = [(golden.outputs[0]?.[0] ?? 0) + 0.001];
    await writeFile(join(packageDirectory, 'golden.json'), JSON.stringify(golden));
    const { version } = await rig.registry.register({ model, idempotencyKey: 'bad', packageDirectory, tags: {} });
    await rig.registry.setAlias(model, 'champion', version);
    const status = await untilStatus(rig, ({ problem }) => problem !== null);
    expect(status.problem).toMatch(/version 3 \(champion\) can't be loaded since .*golden predictions differ by 0.00/);
    expect((await rig.client.predict(model, { rows })).version).toBe('1');
  });

  it('when the package of the next one was altered', async () => {
    const rig = await startRig();
    const fetched = await rig.registry.fetchPackage(model, '2');
    const [weights = ''] = (await readdir(fetched)).filter((name) => name.endsWith('.bin'));
    await appendFile(join(fetched, weights), 'x');
    await rig.registry.setAlias(model, 'champion', '2');
    const status = await untilStatus(rig, ({ problem }) => problem !== null);
    expect(status.problem).toContain(`${weights} was altered`);
    expect(status).toMatchObject({ serving: '1', loaded: [{ version: '1', role: 'champion' }] });
    expect((await rig.client.predict(model, { rows })).version).toBe('1');
  });

  it('when the registry can’t be read', async () => {
    const rig = await startRig();
    await writeFile(join(rig.home, 'registry', model, 'aliases.json'), '{"champion":');
    const status = await untilStatus(rig, ({ problem }) => problem !== null);
    expect(status.problem).toContain("the registry can't be read");
    expect((await rig.client.predict(model, { rows })).version).toBe('1');
  });
});

describe('the service ends', () => {
  it('by SIGKILL under load: what it acknowledged is in the log, and takes its outcomes after a restart', async () => {
    const rig = await startRig();
    const load = askForever(rig.client);
    while (load.answers.length < 400) await sleep(5);
    await killHard(rig.service.process);
    await load.stop();
    const logged = new Set((await readOutcomes(rig.home)).ids);
    expect(load.answers.filter(({ id }) => !logged.has(id))).toEqual([]);
    const again = createPredictionClient((await startService(rig.home)).url);
    const outcomes = load.answers.map(({ id }) => ({ id, label: 'up' }));
    const answer = await again.feedback(model, { outcomes });
    expect(answer).toEqual({ accepted: outcomes.length, duplicates: 0, unknown: [], removed: [], contradictions: [] });
  });

  it('and remembers labels after a restart', async () => {
    const rig = await startRig();
    const [first = { id: '' }, second = { id: '' }] = (await rig.client.predict(model, { rows })).predictions;
    await rig.client.feedback(model, { outcomes: [{ id: first.id, label: 'up' }, { id: second.id, label: 'up' }] }); // prettier-ignore
    await killHard(rig.service.process);
    const again = createPredictionClient((await startService(rig.home)).url);
    const outcomes = [
      { id: first.id, label: 'up' },
      { id: second.id, label: 'down' },
    ];
    const answer = await again.feedback(model, { outcomes });
    expect(answer).toEqual({ accepted: 0, duplicates: 1, unknown: [], removed: [], contradictions: [second.id] });
  });

  it('by SIGTERM under load in order: no answer is lost, the heartbeat is gone, the exit code is 0', async () => {
    const rig = await startRig();
    const load = askForever(rig.client);
    while (load.answers.length < 200) await sleep(5);
    const exit = once(rig.service.process, 'exit');
    rig.service.process.kill('SIGTERM');
    expect((await exit)[0]).toBe(0);
    await load.stop();
    // Only connecting anew fails: nobody listens any more.
    for (const error of load.failures) expect(String(error)).toContain('fetch failed');
    const logged = (await readOutcomes(rig.home)).ids;
    expect(new Set(load.answers.map(({ id }) => id))).toEqual(new Set(logged));
    expect(await readdir(join(rig.home, 'replicas'))).toEqual([]);
    expect(rig.service.output()).toContain('stopping: SIGTERM');
  });

  it('when the process that started it is gone', async () => {
    const rig = await startRig();
    const exit = once(rig.service.process, 'exit');
    rig.service.process.disconnect();
    expect((await exit)[0]).toBe(0);
  });

  it('at once when a living replica has its id', async () => {
    const rig = await startRig();
    await expect(startService(rig.home)).rejects.toThrow('replica r1 already runs');
  });
});
