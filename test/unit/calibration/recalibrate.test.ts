import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import type { RecalibrationJob, Signature, TrainedCandidate } from '../../../adapters/ports/model-runtime.ts';
import type { Calibrator } from '../../../domain/calibration/calibrator.ts';
import { sliceTable } from '../../../domain/snapshot/tables.ts';
import { generateRows, type Problem } from '../runtime/generated-rows.ts';
import { jobIn, runtime, temporaryDirectory, train } from '../runtime/jobs.ts';

const { signal } = new AbortController();
const problems: readonly Problem[] = ['ring', 'sectors', 'price'];

let directory: string;
const trained = new Map<Problem, TrainedCandidate>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'incumbent-recalibrate-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** A version that was trained before, and rows that came later. */
async function recalibrateAfter(problem: Problem): Promise<{ before: TrainedCandidate; job: RecalibrationJob }> {
  const training = jobIn(join(directory, problem), problem, { maxEpochs: 3 });
  const before = trained.get(problem) ?? (await train(training));
  trained.set(problem, before);
  return {
    before,
    job: {
      candidateId: 'recalibrated',
      packageDirectory: before.packageDirectory,
      snapshot: { ...training.snapshot, id: 'snapshot-later', lastKey: 'later' },
      range: { from: 1_000, to: 1_600 },
      workDirectory: await temporaryDirectory(),
    },
  };
}

const readJson = async <T>({ packageDirectory }: TrainedCandidate, file: string): Promise<T> =>
  JSON.parse(await readFile(join(packageDirectory, file), 'utf8')) as T;

async function predictAll({ packageDirectory }: TrainedCandidate, problem: Problem) {
  const model = await loadModel(packageDirectory);
  const { width, values } = await model.predict(sliceTable(generateRows(problem, 1_600).table, { from: 0, to: 400 }));
  const golden = await model.verifyGolden();
  model.dispose();
  return { width, values: Array.from(values), golden };
}

const orderOf = (values: readonly number[]) =>
  values.map((_, row) => row).sort((a, b) => values[a]! - values[b]! || a - b);

describe('recalibration', () => {
  it.each(problems)('keeps the weights and the order, and changes what is said: %s', async (problem) => {
    const { before, job } = await recalibrateAfter(problem);
    const after = await runtime.recalibrate(job, signal);
    expect(after.weightsSha256).toBe(before.weightsSha256);
    const bytes = await readFile(join(after.packageDirectory, 'weights.bin'));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(before.weightsSha256);
    const [old, fresh] = [await predictAll(before, problem), await predictAll(after, problem)];
    expect(fresh.values).not.toEqual(old.values);
    expect(fresh.values.every(Number.isFinite)).toBe(true);
    if (old.width === 1) expect(orderOf(fresh.values)).toEqual(orderOf(old.values));
    expect(fresh.golden).toBeLessThan(problem === 'price' ? 0.01 : 1e-6);
    expect(after).toMatchObject({ epochs: 0, parameters: before.parameters, validationLoss: expect.any(Number) });
  });

  it('says what it is, and leaves out what belonged to the version before', async () => {
    const { before, job } = await recalibrateAfter('ring');
    for (const file of ['reference.json', 'contract.json', 'scores.json']) {
      await writeFile(join(before.packageDirectory, file), '{}');
    }
    const after = await runtime.recalibrate(job, signal);
    const signature = await readJson<Signature>(after, 'signature.json');
    expect(signature).toMatchObject({ snapshotId: 'snapshot-later', lastKey: 'later', candidateId: after.candidateId });
    expect(after.candidateId).toMatch(/^recalibrated\/(logistic|isotonic)$/);
    expect((await readdir(after.packageDirectory)).toSorted()).toEqual([
      'calibration.json',
      'golden.json',
      'model.json',
      'preprocessing.json',
      'signature.json',
      'training.json',
      'weights.bin',
    ]);
  });

  it('replaces a calibrator rather than putting one upon another, in equal bits each time', async () => {
    const { job } = await recalibrateAfter('ring');
    const first = await runtime.recalibrate(job, signal);
    const again = await runtime.recalibrate(
      { ...job, packageDirectory: first.packageDirectory, workDirectory: await temporaryDirectory() },
      signal,
    );
    expect(await readJson<Calibrator>(again, 'calibration.json')).toEqual(
      await readJson<Calibrator>(first, 'calibration.json'),
    );
    expect(await readJson(again, 'golden.json')).toEqual(await readJson(first, 'golden.json'));
  });

  it('scores in another process what it serves', async () => {
    const { job } = await recalibrateAfter('sectors');
    const after = await runtime.recalibrate(job, signal);
    const scored = await runtime.score(after.packageDirectory, job.snapshot, { from: 0, to: 400 }, signal);
    const { values } = await predictAll(after, 'sectors');
    scored.values.forEach((value, index) => expect(value).toBeCloseTo(values[index]!, 5));
  });

  it('refuses rows that are too few, and a package that is gone', async () => {
    const { job } = await recalibrateAfter('ring');
    await expect(runtime.recalibrate({ ...job, range: { from: 0, to: 50 } }, signal)).rejects.toThrow(
      'No calibrator can be fitted to the newest rows: 50 rows are too few',
    );
    const gone = join(directory, 'gone');
    await expect(runtime.recalibrate({ ...job, packageDirectory: gone }, signal)).rejects.toThrow('ENOENT');
  });
});
