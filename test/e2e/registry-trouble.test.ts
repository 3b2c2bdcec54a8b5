import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMlflowClient, type MlflowClient } from 'mlflow-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectToMlflow } from '../../adapters/mlflow/connection.ts';
import type { Registry } from '../../adapters/ports/registry.ts';
import { openMlflowRegistry } from '../../adapters/registry/mlflow/registry.ts';
import { createPredictionClient, type PredictionClient } from '../../client/prediction-client.ts';
import { admin, startMlflowServer, writeBasicAuth, type MlflowServer } from '../support/mlflow-server.ts';
import { makePriceRows } from '../support/price-project.ts';
import { killHard } from '../support/processes.ts';
import { launchService, servedModel as model, trainPackages } from '../support/serving.ts';

const rows = makePriceRows(4, 2).rows.map((row) => ({ ...row }));
const mlflowDirectory = (): string => join(folder, 'mlflow');

// One service and one server for all of it, because each takes its time to start: a test leaves them well, and the last one need not.
let folder: string;
let server: MlflowServer;
let registry: Registry;
let mlflow: MlflowClient;
let service: PredictionClient;
let serviceUrl: string;
let serviceProcess: ChildProcess | undefined;
let asking: { stop(): Promise<readonly string[]> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incumbent-trouble-'));
  server = await startMlflowServer({ directory: mlflowDirectory() });
  mlflow = createMlflowClient({ trackingUri: server.url });
  const connection = connectToMlflow({ trackingUri: server.url, auth: { kind: 'none' }, prefix: '' });
  registry = openMlflowRegistry({ connection, cacheDirectory: join(folder, 'elsewhere') });
  const [one, other] = await trainPackages(folder, [1, 2]);
  for (const [index, packageDirectory] of [one!, other!, one!, other!].entries())
    await registry.register({ model, idempotencyKey: String(index), packageDirectory, tags: {} });
  await registry.setAlias(model, 'champion', '1');
  await start();
  asking = askOn();
}, 300_000);

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const own = { MLFLOW_TRACKING_URI: server.url, INCUMBENT_POLL_MS: '100', ...environment };
  ({ url: serviceUrl } = await launchService(join(folder, 'home'), own, (child) => (serviceProcess = child)));
  service = createPredictionClient(serviceUrl);
}

/** As after a crash: it knows nothing but what lies in its home. */
async function restartWithWrongPassword(): Promise<void> {
  expect(await asking.stop()).toEqual([]);
  await killHard(serviceProcess!);
  await start({ MLFLOW_TRACKING_USERNAME: admin.username, MLFLOW_TRACKING_PASSWORD: 'wrong' });
}

afterAll(async () => {
  if (serviceProcess !== undefined) await killHard(serviceProcess);
  await server.kill();
  await rm(folder, { recursive: true, force: true });
});

/** Asks from now on; what went wrong, when it is told to stop. */
function askOn(): typeof asking {
  const failures: string[] = [];
  let isOver = false;
  const done = (async () => {
    while (!isOver) {
      const answered = await service.predict(model, { rows }).catch((error: unknown) => String(error));
      if (typeof answered === 'string') failures.push(answered);
      else if (answered.predictions.length !== rows.length) failures.push(JSON.stringify(answered));
      await sleep(10);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await done;
      return failures;
    },
  };
}

/** What the service says is wrong, as soon as it says something like this; null: as soon as all is well. */
async function untilProblem(what: RegExp | null): Promise<{ problem: string; serving: string | null }> {
  for (;;) {
    const { problem, serving } = await service.status(model);
    if (what === null ? problem === null : what.test(problem ?? '')) return { problem: problem ?? '', serving };
    await sleep(50);
  }
}

async function untilServing(version: string): Promise<void> {
  while ((await service.status(model)).serving !== version) await sleep(50);
}

const ready = async (): Promise<unknown> => {
  const answer = await fetch(`${serviceUrl}/ready`);
  return { status: answer.status, ...((await answer.json()) as object) };
};
const sinceIn = (problem: string): number => Date.parse(/since (\S+Z)/.exec(problem)?.[1] ?? '');

describe('a service answers with its champion all along, and says what is wrong, since when, and what to do', () => {
  it('while the registry is frozen, and follows it again when it moves', async () => {
    const frozenAtMs = Date.now();
    server.freeze();
    const { problem, serving } = await untilProblem(/the registry can't be read/);
    const noticedAtMs = Date.now();
    expect(problem).toMatch(/no answer within 5 s \(MLFLOW_TRACKING_URI\); version 1 keeps serving$/);
    expect(serving).toBe('1');
    // The look that was under way, at most one answer's time older than the frost.
    expect(sinceIn(problem)).toBeGreaterThan(frozenAtMs - 5_000);
    expect(sinceIn(problem)).toBeLessThan(noticedAtMs);
    expect(await ready()).toEqual({ status: 200, ready: true, missing: [], warnings: [`${model}: ${problem}`] });
    server.thaw();
    await untilProblem(null);
    await registry.setAlias(model, 'champion', '2');
    await untilServing('2');
  });

  it('while the registry is gone, and when it comes back and refuses the credentials', async () => {
    await server.kill();
    const { problem: gone } = await untilProblem(/no connection/);
    expect(gone).toMatch(/check that the server runs and that the address is right \(MLFLOW_TRACKING_URI\)/);
    const guarded = await writeBasicAuth(folder);
    server = await startMlflowServer({ directory: mlflowDirectory(), port: server.port, ...guarded });
    const { problem: refused, serving } = await untilProblem(/the server wants credentials, or refuses those given/);
    expect(refused).toMatch(/MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN/);
    expect([serving, sinceIn(refused)]).toEqual(['2', sinceIn(gone)]);
    await restartWithWrongPassword();
    const { problem: again, serving: stillServing } = await untilProblem(/refuses those given/);
    expect(again).toMatch(/version 2 keeps serving$/);
    expect(stillServing).toBe('2');
    expect((await service.predict(model, { rows })).version).toBe('2');
    expect(await ready()).toMatchObject({ status: 200, ready: true, warnings: [`${model}: ${again}`] });
    await server.kill();
    server = await startMlflowServer({ directory: mlflowDirectory(), port: server.port });
    expect((await untilProblem(null)).serving).toBe('2');
    asking = askOn();
  });

  it('when a file of the next champion was altered, and takes it when it was restored', async () => {
    const uri = `${await mlflow.modelVersions.getDownloadUri(model, '3')}/signature.json`;
    const content = await mlflow.artifacts.read(uri);
    await mlflow.artifacts.upload(uri, 'altered');
    await registry.setAlias(model, 'champion', '3');
    const { problem, serving } = await untilProblem(/altered/);
    expect(problem).toMatch(
      /^version 3 \(champion\) can't be loaded since \S+Z: prices version 3: signature\.json was/,
    );
    expect(problem).toContain("restore it among MLflow's artifacts, or roll back to another version; version 2 keeps");
    expect(serving).toBe('2');
    expect(await ready()).toMatchObject({ status: 200, ready: true, warnings: [`${model}: ${problem}`] });
    await mlflow.artifacts.upload(uri, content);
    await untilServing('3');
    await untilProblem(null);
  });

  it('when the version behind champion is deleted, until the alias names another', async () => {
    await mlflow.modelVersions.delete(model, '3');
    const { problem, serving } = await untilProblem(/deleted/);
    expect(problem).toMatch(/the alias champion of prices is gone from MLflow; it named version 3/);
    expect(problem).toContain('give it to that version again there, or roll back with `incumbent rollback`');
    expect(problem).toMatch(/version 3 keeps serving$/);
    expect(serving).toBe('3');
    await registry.setAlias(model, 'champion', '4');
    await untilServing('4');
    await untilProblem(null);
  });

  it('when a foreign model has taken the name', async () => {
    await mlflow.registeredModels.delete(model);
    await mlflow.registeredModels.create({ name: model });
    const { problem, serving } = await untilProblem(/did not register/);
    expect(problem).toMatch(/MLflow has a model "prices" that Incumbent did not register; set INCUMBENT_MLFLOW_PREFIX/);
    expect(problem).toMatch(/version 4 keeps serving$/);
    expect(serving).toBe('4');
    expect(await ready()).toMatchObject({ status: 200, ready: true });
    expect(await asking.stop()).toEqual([]);
  });
});
