import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { collect, createMlflowClient, type MlflowClient } from 'mlflow-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../adapters/registry/make-key-pair.ts';
import { chromiumPath, inBrowser } from '../support/browser.ts';
import { openMlflowPages } from '../support/mlflow-pages.ts';
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
async function start(home: string, onChild: (child: ChildProcess) => void) {
  const args = ['start', 'examples/electricity', '--mlflow', '--take', '3000', '--home', home];
  const child = spawn(process.execPath, [incumbent, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onChild(child);
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

describe('a first retraining of electricity prices', () => {
  let folder: string;
  let home: string;
  let child: ChildProcess | undefined;
  let started: Awaited<ReturnType<typeof start>>;
  let client: MlflowClient;
  let version: string;
  let experimentId: string;
  let retraining: Awaited<ReturnType<typeof firstRun>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'incumbent-mlflow-'));
    home = join(folder, 'home');
    started = await start(home, (one) => (child = one));
    client = createMlflowClient({ trackingUri: started.mlflowUrl });
    version = await champion(client);
    experimentId = (await client.experiments.findByName('electricity'))?.experimentId ?? '';
    retraining = await firstRun(client, experimentId);
  }, 600_000);
  afterAll(async () => {
    if (child !== undefined) await killHard(child);
    await rm(folder, { recursive: true, force: true });
  });

  it('is all in MLflow, as its REST interface tells, and is served from there', async () => {
    const { mlflowUrl, serviceUrl, uiUrl } = started;
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
  });

  it.skipIf(chromiumPath === undefined)(
    `is shown by MLflow's own pages, without a complaint, ${inBrowser}`,
    async () => {
      const { mlflowUrl } = started;
      const pages = await openMlflowPages(mlflowUrl);
      try {
        const model = await pages.open('models/electricity');
        for (const words of [
          'which alone moves its aliases',
          '@ champion',
          'incumbent.managed',
          'challenger is better',
        ]) {
          await model.shows(words);
        }
        const one = await pages.open(`models/electricity/versions/${version}`);
        for (const words of ['@ champion', 'decisionId', 'electricity-0001', 'challenger is better']) {
          await one.shows(words);
        }
        // The model card, as Markdown that was rendered.
        for (const name of ['Model details', 'Intended use', 'Metrics']) await one.showsHeading(name);
        await one.showsCell('nswprice');
        const runPath = `experiments/${experimentId}/runs/${retraining.runId}`;
        const retrained = await pages.open(runPath);
        for (const words of ['Finished', 'gate/coverage/rowsSeen', 'decision.promotion', 'linear/recent']) {
          await retrained.shows(words);
        }
        const report = await pages.open(`${runPath}/artifacts/reports/retraining.html`);
        expect(await report.framedHeading()).toBe('Retraining electricity-0001');
        expect(pages.complaints).toEqual([]);
      } finally {
        await pages.close();
      }
    },
  );

  it('is found by the commands that need a registry, while MLflow runs', async () => {
    const { mlflowUrl, stop } = started;
    // No variable names the registry of this home.
    const ask = async (...args: string[]) => await run(process.execPath, [incumbent, ...args, '--home', home]);
    const { privateFile } = await makeKeyPair(join(home, 'keys'));
    expect((await ask('keys', 'sign', 'electricity', version, '--key', privateFile)).stdout).toContain('signed');
    const exported = join(home, 'exported');
    const described = await ask('export', 'electricity', 'champion', exported);
    expect(described.stdout).toContain(`electricity version ${version} in `);
    expect(await readdir(exported)).toEqual(expect.arrayContaining(['manifest.json', 'model.onnx', 'MLmodel']));
    const uri = await client.modelVersions.getDownloadUri('electricity', version);
    expect(await client.artifacts.read(`${uri}/manifest.signature.json`)).toBeDefined();

    expect(await stop()).toBe(0);
    await expect(fetch(`${mlflowUrl}/health`)).rejects.toThrow('fetch failed');
    await expect(ask('export', 'electricity', 'champion', join(home, 'again'))).rejects.toMatchObject({
      stderr: expect.stringContaining('an MLflow server that does not run: start it with `incumbent start --mlflow`'),
    });
  });
});
