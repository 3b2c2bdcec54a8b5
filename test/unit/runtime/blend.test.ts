import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlendJob, Signature, TrainedCandidate } from '../../../adapters/ports/model-runtime.ts';
import { readBlend } from '../../../adapters/runtime/blend-file.ts';
import { createInProcessRuntime } from '../../../adapters/runtime/in-process-runtime.ts';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import { sliceTable } from '../../../domain/snapshot/tables.ts';
import { generateRows, openRows, type Problem } from './generated-rows.ts';
import { jobIn, temporaryDirectory } from './jobs.ts';

const { signal } = new AbortController();
const runtime = createInProcessRuntime(await openRows(''));
const problems: readonly Problem[] = ['ring', 'sectors', 'price'];

let directory: string;
const networks = new Map<Problem, readonly TrainedCandidate[]>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'incumbent-blend-'));
  for (const problem of problems) {
    const jobs = [[], [8]].map((hiddenUnits) =>
      jobIn(join(directory, `${problem}-${hiddenUnits.length}`), problem, {
        id: hiddenUnits.length === 0 ? 'linear' : 'mlp',
        hiddenUnits,
        maxEpochs: 4,
      }),
    );
    networks.set(
      problem,
      await Promise.all(jobs.map((job) => runtime.train(job, { signal, resumeFrom: null, onEpoch: () => undefined }))),
    );
  }
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const packagesOf = (problem: Problem): readonly string[] => networks.get(problem)!.map((one) => one.packageDirectory);

async function blendJob(problem: Problem, parts: BlendJob['parts']): Promise<BlendJob> {
  const { snapshot, validation } = jobIn('', problem, {});
  return { candidateId: 'blend', parts, snapshot, range: validation, workDirectory: await temporaryDirectory() };
}

const weighing = (packages: readonly string[]): BlendJob['parts'] => ({ kind: 'weigh', packages, maxMembers: 8 });

async function predictSome(packageDirectory: string, problem: Problem): Promise<number[]> {
  const model = await loadModel(packageDirectory);
  const { values } = await model.predict(sliceTable(generateRows(problem, 1_600).table, { from: 0, to: 50 }));
  expect(await model.verifyGolden()).toBeLessThan(problem === 'price' ? 0.01 : 1e-6);
  model.dispose();
  return Array.from(values);
}

describe('a blend', () => {
  it.each(problems)('answers with the weighted mean of its networks: %s', async (problem) => {
    const packages = packagesOf(problem);
    const members = packages.map((packageDirectory, at) => ({ packageDirectory, weight: at === 0 ? 0.25 : 0.75 }));
    const made = await runtime.blend(await blendJob(problem, { kind: 'given', members }), signal);
    const [one, other] = [await predictSome(packages[0]!, problem), await predictSome(packages[1]!, problem)];
    const said = await predictSome(made!.packageDirectory, problem);
    for (const [at, value] of said.entries()) expect(value).toBeCloseTo(0.25 * one[at]! + 0.75 * other[at]!, 9);
    expect(made!.parameters).toBe(networks.get(problem)!.reduce((sum, { parameters }) => sum + parameters, 0));
  });

  it.each(problems)('weighs its networks on validation, and is hardly worse than the best: %s', async (problem) => {
    const made = await runtime.blend(await blendJob(problem, weighing(packagesOf(problem))), signal);
    const best = Math.min(...networks.get(problem)!.map(({ validationLoss }) => validationLoss));
    expect(made!.validationLoss).toBeLessThan(best * 1.02);
    const { members } = (await readBlend(made!.packageDirectory))!;
    expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  });

  it('takes the networks of a blend singly, and each of them once', async () => {
    const first = await runtime.blend(await blendJob('ring', weighing(packagesOf('ring'))), signal);
    const again = await blendJob('ring', weighing([first!.packageDirectory, ...packagesOf('ring')]));
    const second = await runtime.blend(again, signal);
    expect(second!.weightsSha256).toBe(first!.weightsSha256);
  });

  it('judges an earlier version on rows that it has not learned from, and on none if there are none', async () => {
    const job = await blendJob('ring', weighing(packagesOf('ring')));
    const later = { ...job, snapshot: { ...job.snapshot, id: 'snapshot-later' } };
    expect(await runtime.blend(later, signal)).toBeNull();
  });

  it('leaves out what has other classes', async () => {
    const job = await blendJob('ring', weighing([...packagesOf('ring'), ...packagesOf('sectors')]));
    const made = await runtime.blend(job, signal);
    const alone = await runtime.blend(await blendJob('ring', weighing(packagesOf('ring'))), signal);
    expect(made!.weightsSha256).toBe(alone!.weightsSha256);
  });

  it('can be recalibrated as a whole', async () => {
    const made = await runtime.blend(await blendJob('ring', weighing(packagesOf('ring'))), signal);
    const { snapshot } = jobIn('', 'ring', {});
    const workDirectory = await temporaryDirectory();
    const range = { from: 1_000, to: 1_600 };
    const job = {
      candidateId: 'recalibrated',
      packageDirectory: made!.packageDirectory,
      snapshot,
      range,
      workDirectory,
    };
    const after = await runtime.recalibrate(job, signal);
    expect(after.weightsSha256).toBe(made!.weightsSha256);
    expect(await predictSome(after.packageDirectory, 'ring')).not.toEqual(
      await predictSome(made!.packageDirectory, 'ring'),
    );
    const signature = JSON.parse(await readFile(join(after.packageDirectory, 'signature.json'), 'utf8')) as Signature;
    expect(signature.candidateId).toMatch(/^recalibrated\//);
  });
});
