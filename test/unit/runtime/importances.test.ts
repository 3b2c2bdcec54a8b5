import { describe, expect, it } from 'vitest';
import { jobFor, runtime, temporaryDirectory, train } from './jobs.ts';

const { signal } = new AbortController();

describe('importances of a package', () => {
  it('find what the label is made of and nothing in what it is not, the same every time', async () => {
    const job = await jobFor('ring', { maxEpochs: 15 });
    const { packageDirectory } = await train(job);
    const asked = { packageDirectory, snapshot: job.snapshot, range: job.snapshot.split.holdout, seed: 1 };
    const found = (await runtime.measureImportances(asked, signal))!;
    expect(found).toMatchObject({ method: 'permutation', loss: 'log loss in nats', rows: 300, repeats: 5 });
    expect(new Set(found.features.slice(0, 2).map(({ feature }) => feature))).toEqual(new Set(['x', 'y']));
    for (const { feature, interval } of found.features) {
      if (feature === 'x' || feature === 'y') expect(interval.low).toBeGreaterThan(0.1);
      else expect(interval.low).toBeLessThan(0.02);
    }
    expect(await runtime.measureImportances(asked, signal)).toEqual(found);
  });

  it('are measured on a blend as a whole', async () => {
    const job = await jobFor('price', { maxEpochs: 3 });
    const { packageDirectory } = await train(job);
    const linear = await train(await jobFor('price', { maxEpochs: 3, hiddenUnits: [] }));
    const members = [packageDirectory, linear.packageDirectory].map((one) => ({ packageDirectory: one, weight: 0.5 }));
    const { snapshot } = job;
    const range = snapshot.split.holdout;
    const parts = { kind: 'given' as const, members };
    const workDirectory = await temporaryDirectory();
    const blend = (await runtime.blend({ candidateId: 'blend', parts, snapshot, range, workDirectory }, signal))!;
    const asked = { packageDirectory: blend.packageDirectory, snapshot, range, seed: 1 };
    const found = await runtime.measureImportances(asked, signal);
    expect(found!.loss).toBe('squared error');
    expect(found!.features).toHaveLength(snapshot.schema.features.length);
  });

  it('are left unknown on a handful of rows', async () => {
    const job = await jobFor('ring', { maxEpochs: 1 });
    const { packageDirectory } = await train(job);
    const asked = { packageDirectory, snapshot: job.snapshot, range: { from: 1_300, to: 1_320 }, seed: 1 };
    expect(await runtime.measureImportances(asked, signal)).toBeNull();
  });
});
