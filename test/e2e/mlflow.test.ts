import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { collect, createMlflowClient, type MlflowClient } from 'mlflow-js-client';
import { expect, it, onTestFinished } from 'vitest';
import { startStack } from '../../client/start/stack.ts';
import { temporaryFolder } from '../support/folders.ts';

const lookEveryMs = 500;

async function champion(client: MlflowClient): Promise<string> {
  for (;;) {
    const model = await client.registeredModels.find('electricity');
    const version = model?.aliases['champion'];
    if (version !== undefined) return version;
    await sleep(lookEveryMs);
  }
}

it('a first retraining of electricity prices is all in MLflow, as its REST interface tells, and is served from there', async () => {
  const home = join(await temporaryFolder(), 'home');
  const stack = await startStack({
    directory: 'examples/electricity',
    home,
    mlflow: true,
    overrides: { take: 3_000 },
    environment: { INCUMBENT_POLL_MS: '500' },
    onEvent: () => undefined,
  });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await stack.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  const client = createMlflowClient({ trackingUri: stack.mlflowUrl ?? '' });
  const version = await champion(client);

  const experiment = await client.experiments.findByName('electricity');
  const experimentIds = [experiment?.experimentId ?? ''];
  const filter = "tags.`incumbent.run` = 'electricity-0001'";
  let [run] = await collect(client.runs.search({ experimentIds, filter }));
  while (run?.status !== 'FINISHED' || run.tags['decision.promotion'] === undefined) {
    await sleep(lookEveryMs);
    [run] = await collect(client.runs.search({ experimentIds, filter }));
  }
  expect(run.tags).toMatchObject({ outcome: 'pass', version, workflow: 'retrain/electricity-0001' });
  expect(new Set(run.datasets.map(({ tags }) => tags['mlflow.data.context']))).toEqual(
    new Set(['holdout', 'training', 'validation']),
  );
  expect(run.metrics.some(({ key }) => key.startsWith('gate/'))).toBe(true);
  expect(run.modelIds.length).toBeGreaterThan(0);

  const children = await collect(
    client.runs.search({ experimentIds, filter: `tags.\`mlflow.parentRunId\` = '${run.runId}'` }),
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
  const answer = await fetch(`${stack.serviceUrl}/v1/models/electricity`);
  expect(await answer.json()).toMatchObject({ serving: version });
  await stop();
});
