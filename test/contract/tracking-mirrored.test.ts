import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tellEpochs } from '../../activities/telling/tell-epochs.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { connectToMlflow } from '../../adapters/mlflow/connection.ts';
import type { Tracking } from '../../adapters/ports/tracking.ts';
import { openTracking } from '../../adapters/tracking/open-tracking.ts';
import { openMlflowTracking } from '../../adapters/tracking/mlflow-tracking.ts';
import { temporaryFolder } from '../support/folders.ts';
import { startMlflowServer } from '../support/mlflow-server.ts';

const run = { model: 'electricity', decisionId: 'electricity-0001', candidateId: 'mlp/all' };
const report = (epoch: number) => ({
  epoch,
  maxEpochs: 40,
  trainLoss: 1 / epoch,
  validationLoss: 2 / epoch,
  checkpoint: '',
});

describe('the live metrics of a training', () => {
  it('arrive while it trains, and each once, though the server is killed and restarted and the training goes on from a checkpoint', async () => {
    const folder = await temporaryFolder();
    const prefix = `${randomUUID().slice(0, 8)}-`;
    const first = await startMlflowServer({ directory: join(folder, 'mlflow') });
    const settings = { trackingUri: first.url, auth: { kind: 'none' } as const, prefix };
    const mirror: Tracking = openMlflowTracking(connectToMlflow(settings));
    const troubles: string[] = [];
    const open = () => {
      const onTrouble = (what: string) => void troubles.push(what);
      const tracking = openTracking({ directory: join(folder, 'runs'), mlflow: settings, onTrouble });
      onTestFinished(() => tracking.close(0));
      return tracking;
    };
    const tracking = open();
    await tracking.begin({ run, name: 'mlp/all', startedAtMs: 1_000, tags: {} });
    const epochs = tellEpochs({ tracking } as Pick<Dependencies, 'tracking'> as Dependencies, run, Promise.resolve());
    for (let epoch = 1; epoch <= 10; epoch += 1) epochs.tell(report(epoch));
    await epochs.done();
    // Live: before the training has ended.
    while (((await mirror.read(run))?.metrics.length ?? 0) < 20) await sleep(100);
    await first.kill();
    for (let epoch = 11; epoch <= 20; epoch += 1) epochs.tell(report(epoch));
    await epochs.done();
    while (troubles.length === 0) await sleep(50);
    await tracking.close(0); // the worker dies with what it could not bring
    const again = open();
    const resumed = tellEpochs(
      { tracking: again } as Pick<Dependencies, 'tracking'> as Dependencies,
      run,
      Promise.resolve(),
    );
    for (let epoch = 15; epoch <= 30; epoch += 1) resumed.tell(report(epoch));
    await resumed.done();
    await again.end(run, 'finished', 9_000);
    const second = await startMlflowServer({ directory: join(folder, 'mlflow'), port: first.port });
    onTestFinished(() => second.stop());
    await again.close(60_000);
    const told = await mirror.read(run);
    const steps = (name: string) =>
      told?.metrics.filter((point) => point.name === name).map(({ step, value }) => [step, value]);
    const expected = (numerator: number) =>
      Array.from({ length: 30 }, (_, index) => [index + 1, numerator / (index + 1)]);
    expect(steps('trainLoss')).toEqual(expected(1));
    expect(steps('validationLoss')).toEqual(expected(2));
    expect(told).toMatchObject({ status: 'finished', endedAtMs: 9_000 });
    expect((await again.read(run))?.url).toMatch(/#\/experiments\/\d+\/runs\/[0-9a-f]{32}$/);
  }, 240_000);
});
