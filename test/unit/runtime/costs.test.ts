import { expect, it } from 'vitest';
import { readValidationLosses } from '../../../adapters/packages/validation-losses.ts';
import { jobFor, runtime, train } from './jobs.ts';

it('leaves the losses by row whose mean a candidate is chosen by, and tells what it costs to serve', async () => {
  const job = await jobFor('sectors', { maxEpochs: 1 });
  const { packageDirectory, validationLoss } = await train(job);
  const losses = await readValidationLosses(packageDirectory);
  expect(losses).toHaveLength(300);
  expect(losses!.reduce((sum, loss) => sum + loss, 0) / 300).toBeCloseTo(validationLoss, 5);
  const { snapshot, validation: range } = job;
  const { signal } = new AbortController();
  const costs = await runtime.measureCosts(
    { packageDirectories: [packageDirectory, packageDirectory], snapshot, range },
    signal,
  );
  expect(costs).toHaveLength(2);
  expect(costs[0]!.bytes).toBe(costs[1]!.bytes);
  for (const { bytes, speed } of costs) {
    expect(bytes).toBeGreaterThan(1_000);
    expect(speed!.medianMs).toBeGreaterThan(0);
    expect(speed!.p99Ms).toBeGreaterThanOrEqual(speed!.medianMs);
    expect(speed!.rowsPerSecond).toBeGreaterThan(0);
  }
});

it('has no losses of a package that was not trained here', async () => {
  expect(await readValidationLosses('/nowhere/package')).toBeNull();
});
