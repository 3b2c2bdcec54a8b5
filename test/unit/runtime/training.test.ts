import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RowRange } from '../../../domain/table.ts';
import type { TrainedCandidate, TrainingJob } from '../../../adapters/ports/model-runtime.ts';
import { generateRows, type Problem } from './generated-rows.ts';
import { jobFor, networkModule, packageBytes, runtime, train } from './jobs.ts';

/** Each test trains for real, on a machine that does other things as well. */
const slow = 240_000;

async function scoreHoldout({ packageDirectory }: TrainedCandidate, { snapshot }: TrainingJob) {
  const range: RowRange = snapshot.split.holdout;
  const outputs = await runtime.score(packageDirectory, snapshot, range, new AbortController().signal);
  const { labels } = generateRows(snapshot.model as Problem, snapshot.rowCount);
  return { outputs, labels: labels.subarray(range.from, range.to) };
}

function share(labels: Float64Array, isRight: (label: number, row: number) => boolean): number {
  return labels.filter(isRight).length / labels.length;
}

/** Trains in full, and again from the checkpoint after `epochs` epochs, in another folder. */
async function trainInTwoParts(job: TrainingJob, epochs: number) {
  const whole = await train(job);
  await rm(job.workDirectory, { recursive: true });
  const stop = new AbortController();
  let checkpoint = '';
  const first = train(job, {
    signal: stop.signal,
    onEpoch: (report) => {
      if (report.epoch !== epochs) return;
      checkpoint = report.checkpoint;
      stop.abort(new Error('the worker died'));
    },
  });
  await expect(first).rejects.toThrow('the worker died');
  const seen: number[] = [];
  const resumed = await train(job, { resumeFrom: checkpoint, onEpoch: ({ epoch }) => seen.push(epoch) });
  return { whole, resumed, firstEpoch: seen[0] };
}

describe('training', { timeout: slow }, () => {
  it('learns a binary rule that no line can tell', async () => {
    const job = await jobFor('ring');
    const epochs: number[] = [];
    const trained = await train(job, { onEpoch: ({ epoch }) => epochs.push(epoch) });
    const { outputs, labels } = await scoreHoldout(trained, job);
    expect(outputs.width).toBe(1);
    expect(outputs.values).toBeInstanceOf(Float64Array);
    expect(share(labels, (label, row) => outputs.values[row]! > 0.5 === (label === 1))).toBeGreaterThan(0.9);
    expect(epochs).toEqual(Array.from({ length: trained.epochs }, (_, index) => index + 1));
    expect(trained).toMatchObject({ candidateId: 'mlp-16/all', parameters: (9 + 1) * 16 + 17 });
  });

  it('learns several classes, with probabilities that sum to 1', async () => {
    const job = await jobFor('sectors');
    const { outputs, labels } = await scoreHoldout(await train(job), job);
    expect(outputs.width).toBe(3);
    const rowsOf = (row: number) => Array.from(outputs.values.slice(row * 3, row * 3 + 3));
    expect(rowsOf(0).reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
    const isRight = (label: number, row: number) => rowsOf(row).indexOf(Math.max(...rowsOf(row))) === label;
    expect(share(labels, isRight)).toBeGreaterThan(0.9);
  });

  it('learns a value and predicts it in its own unit', async () => {
    const job = await jobFor('price', { l2: 1e-5 });
    const { outputs, labels } = await scoreHoldout(await train(job), job);
    const errors = labels.map((label, row) => Math.abs(label - outputs.values[row]!));
    expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeLessThan(60);
  });

  it('trains a linear model when there are no hidden layers, and stops when validation gets no better', async () => {
    const job = await jobFor('ring', { hiddenUnits: [], maxEpochs: 200, patience: 2, learningRate: 0.1 });
    const trained = await train(job);
    expect(trained.parameters).toBe(9 + 1);
    expect(trained.epochs).toBeLessThan(200);
  });

  it('gives the same package, byte for byte, in two processes', async () => {
    const [a, b] = [await jobFor('ring', { maxEpochs: 3 }), await jobFor('ring', { maxEpochs: 3 })];
    const [first, second] = await Promise.all([train(a), train(b)]);
    expect(second.weightsSha256).toBe(first.weightsSha256);
    expect(await packageBytes(second)).toEqual(await packageBytes(first));
    const other = await train({ ...a, seed: 43 });
    expect(other.weightsSha256).not.toBe(first.weightsSha256);
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const { whole, resumed, firstEpoch } = await trainInTwoParts(await jobFor('ring', { maxEpochs: 6 }), 3);
    expect(firstEpoch).toBeGreaterThan(3);
    expect(resumed.weightsSha256).toBe(whole.weightsSha256);
    expect(resumed.validationLoss).toBe(whole.validationLoss);
  });

  it('stops where it is to be compared, with a package of its own, and goes on from there to the same bits', async () => {
    const job = await jobFor('ring', { maxEpochs: 6, patience: 6 });
    const whole = await train(job);
    await rm(job.workDirectory, { recursive: true });
    const seen: number[] = [];
    const onEpoch = ({ epoch }: { readonly epoch: number }) => seen.push(epoch);
    const paused = await train({ ...job, untilEpoch: 2 }, { onEpoch });
    expect(paused).toMatchObject({ epochs: 2, checkpoint: join(job.workDirectory, 'checkpoint.bin') });
    expect((await scoreHoldout(paused, job)).outputs.values.every(Number.isFinite)).toBe(true);
    // A worker that died here finds nothing left to do.
    const again = await train({ ...job, untilEpoch: 2 }, { onEpoch, resumeFrom: paused.checkpoint! });
    expect(again.weightsSha256).toBe(paused.weightsSha256);
    const resumed = await train(job, { onEpoch, resumeFrom: paused.checkpoint! });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    expect(resumed).toMatchObject({ weightsSha256: whole.weightsSha256, epochs: 6, checkpoint: null });
  });

  it("goes on to the same bits in a user's network whose layers have no seeds", async () => {
    const job = await jobFor('ring', { maxEpochs: 5, buildModule: networkModule('dropout') });
    const { whole, resumed } = await trainInTwoParts(job, 2);
    expect(resumed.weightsSha256).toBe(whole.weightsSha256);
  });

  it('starts anew from a checkpoint that is torn, or has lost what was in its middle', async () => {
    const job = await jobFor('ring', { maxEpochs: 2 });
    const whole = await train(job);
    const checkpoint = await readFile(join(job.workDirectory, 'checkpoint.bin'));
    const middle = Math.floor(checkpoint.length / 2);
    const hollow = Buffer.from(checkpoint).fill(0, middle, middle + 64);
    for (const [name, bytes] of Object.entries({ torn: checkpoint.subarray(0, 100), hollow })) {
      const resumeFrom = join(job.workDirectory, `${name}.bin`);
      await writeFile(resumeFrom, bytes);
      const epochs: number[] = [];
      const again = await train(job, { resumeFrom, onEpoch: ({ epoch }) => epochs.push(epoch) });
      expect(epochs).toEqual([1, 2]);
      expect(again.weightsSha256).toBe(whole.weightsSha256);
    }
  });
});
