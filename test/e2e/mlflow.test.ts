import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { collect, createMlflowClient, type MlflowClient } from 'mlflow-js-client';
import { expect, it, onTestFinished } from 'vitest';
import { makeKeyPair } from '../../adapters/registry/make-key-pair.ts';
import { temporaryFolder } from '../support/folders.ts';
import { killHard } from '../support/processes.ts';

const run = promisify(execFile);
const incumbent = fileURLToPath(new URL('../../bin/incumbent.mjs', import.meta.url));

const lookEveryMs = 500;

async function champion(client: MlflowClient): Promise<string> {
  for (;;) {
    const model = await client.registeredModels.find('electricity');
    const version = model?.aliases['champion'];
    if (version !== undefined) return version;
    await sleep(lookEveryMs);
  }
}

/** `incumbent start --mlflow` as a process; what it prints of its addresses. */
async function start(home: string) {
  const args = ['start', 'examples/electricity', '--mlflow', '--take', '3000', '--home', home];
  const child = spawn(process.execPath, [incumbent, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => killHard(child));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  while (!printed.includes('Ctrl-C stops all.') && child.exitCode === null) await sleep(lookEveryMs);
  const addressOf = (what: string): string => new RegExp(`${what} +(http://[\\d.:]+)`).exec(printed)?.[1] ?? '';
  const [mlflowUrl, serviceUrl, uiUrl] = ['MLflow', 'prediction service', 'Temporal Web UI'].map(addressOf);
  const stop = async (): Promise<unknown> => {
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    return (await ended)[0];
  };
  return { mlflowUrl: mlflowUrl!, serviceUrl: serviceUrl!, uiUrl: uiUrl!, stop };
}

/** The run of the first retraining, when the promotion has been told, too. */
async function firstRun(client: MlflowClient, experimentId: string) {
  const filter = "tags.`incumbent.run` = 'electricity-0001'";
  for (;;) {
    const [found] = await collect(client.runs.search({ experimentIds: [experimentId], filter }));
    if (found?.status === 'FINISHED' && found.tags['decision.promotion'] !== undefined) return found;
    await sleep(lookEveryMs);
  }
}

it('a first retraining of electricity prices is all in MLflow, as its REST interface tells, and is served from there', async () => {
  const home = join(await temporaryFolder(), 'home');
  const { mlflowUrl, serviceUrl, uiUrl, stop } = await start(home);
  const client = createMlflowClient({ trackingUri: mlflowUrl });
  const version = await champion(client);

  const experiment = await client.experiments.findByName('electricity');
  const experimentId = experiment?.experimentId ?? '';
  const retraining = await firstRun(client, experimentId);
  expect(retraining.tags).toMatchObject({ outcome: 'pass', version, workflow: 'retrain/electricity-0001' });
  expect(new Set(retraining.datasets.map(({ tags }) => tags['mlflow.data.context']))).toEqual(
    new Set(['holdout', 'training', 'validation']),
  );
  expect(retraining.metrics.some(({ key }) => key.startsWith('gate/'))).toBe(true);
  expect(retraining.modelIds.length).toBeGreaterThan(0);

  const children = await collect(
    client.runs.search({
      experimentIds: [experimentId],
      filter: `tags.\`mlflow.parentRunId\` = '${retraining.runId}'`,
    }),
  );
  const trained = children.filter(({ params }) => params['learningRate'] !== undefined);
  expect(trained.length).toBeGreaterThan(1);
  for (const { runId, status, metrics } of trained) {
    const epochs = metrics.find(({ key }) => key === 'epochs')?.value;
    const history = await collect(client.runs.metricHistory(runId, 'validationLoss'));
    expect([status, history.length]).toEqual(['FINISHED', epochs]);
    expect(history.map(({ step }) => step)).toEqual(Array.from({ length: history.length }, (_, index) => index + 1));
  }

  const registered = await client.modelVersions.get('electricity', version);
  expect(registered).toMatchObject({ status: 'READY', tags: { decisionId: 'electricity-0001', gate: 'pass' } });
  const uri = await client.modelVersions.getDownloadUri('electricity', version);
  expect(JSON.parse(Buffer.from(await client.artifacts.read(`${uri}/manifest.json`)).toString())).toMatchObject({
    model: 'electricity',
  });
  while (
    ((await (await fetch(`${serviceUrl}/v1/models/electricity`)).json()) as { serving: unknown }).serving !== version
  )
    await sleep(lookEveryMs);

  // Each decision as a report, which leads to the run and to the workflow, and lies with the run.
  const [path = ''] = (await run(process.execPath, [incumbent, 'report', 'electricity', '--home', home])).stdout
    .trim()
    .split('\n');
  const page = await readFile(path, 'utf8');
  expect(page).toContain(`href="${mlflowUrl}/#/experiments/${experimentId}/runs/${retraining.runId}"`);
  expect(page).toContain(`href="${uiUrl}/namespaces/default/workflows/retrain`);
  const artifacts = await collect(client.artifacts.list(retraining.runId));
  expect(artifacts.length).toBeGreaterThan(0);

  // The commands that need a registry find the one of this home, although no variable names it.
  const ask = async (...args: string[]) => await run(process.execPath, [incumbent, ...args, '--home', home]);
  const { privateFile } = await makeKeyPair(join(home, 'keys'));
  expect((await ask('keys', 'sign', 'electricity', version, '--key', privateFile)).stdout).toContain('signed');
  const exported = join(home, 'exported');
  const described = await ask('export', 'electricity', 'champion', exported);
  expect(described.stdout).toContain(`electricity version ${version} in `);
  expect(await readdir(exported)).toEqual(expect.arrayContaining(['manifest.json', 'model.onnx', 'MLmodel']));
  expect(await client.artifacts.read(`${uri}/manifest.signature.json`)).toBeDefined();

  expect(await stop()).toBe(0);
  await expect(fetch(`${mlflowUrl}/health`)).rejects.toThrow('fetch failed');
  await expect(ask('export', 'electricity', 'champion', join(home, 'again'))).rejects.toMatchObject({
    stderr: expect.stringContaining('an MLflow server that does not run: start it with `incumbent start --mlflow`'),
  });
});
