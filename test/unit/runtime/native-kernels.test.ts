import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { fileURLToPath } from 'node:url';
import { createModelRuntime } from '../../../adapters/runtime/model-runtime.ts';
import { openKernels } from '../../../adapters/runtime/native-kernels.ts';
import type { CandidateSpec } from '../../../adapters/ports/model-runtime.ts';
import type { Problem } from './generated-rows.ts';
import { jobIn, networkModule, source, temporaryDirectory } from './jobs.ts';

const addon = fileURLToPath(new URL('../../../node_modules/.incumbent/dense.node', import.meta.url));

const jobs: readonly (readonly [string, Problem, Partial<CandidateSpec>])[] = [
  ['a stack of dense layers', 'ring', { optimizer: 'adam', maxEpochs: 2 }],
  ['a stack for several classes', 'sectors', { optimizer: 'momentum', maxEpochs: 2 }],
  ['a regression', 'price', { optimizer: 'rmsprop', maxEpochs: 2 }],
  ['an LSTM', 'ring', { buildModule: networkModule('lstm'), maxEpochs: 1 }],
];

interface Trained {
  readonly validationLoss: number;
  /** What the network says to the holdout. */
  readonly values: Float64Array;
}

/** Every job, in processes that are started with that choice of kernels. */
async function trainAll(choice: string): Promise<readonly Trained[]> {
  vi.stubEnv('INCUMBENT_KERNELS', choice);
  const runtime = createModelRuntime(source);
  const { signal } = new AbortController();
  const all: Trained[] = [];
  for (const [, problem, candidate] of jobs) {
    const job = jobIn(await mkdtemp(join(tmpdir(), 'incumbent-runtime-')), problem, candidate);
    const { packageDirectory, validationLoss } = await runtime.train(job, {
      signal,
      resumeFrom: null,
      onEpoch: () => undefined,
    });
    const { values } = await runtime.score(packageDirectory, job.snapshot, job.snapshot.split.holdout, signal);
    all.push({ validationLoss, values: Float64Array.from(values) });
    await rm(job.workDirectory, { recursive: true });
  }
  vi.unstubAllEnvs();
  return all;
}

describe('without the addon', () => {
  let native: readonly Trained[];
  let plain: readonly Trained[];
  beforeAll(async () => {
    native = await trainAll('');
    plain = await trainAll('none');
  }, 240_000);

  it.each(jobs.map(([name], index) => [name, index] as const))('%s trains to the same answers', (_, index) => {
    const [left, right] = [native[index]!, plain[index]!];
    const scale = left.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(right.validationLoss / left.validationLoss).toBeCloseTo(1, 3);
    left.values.forEach((value, row) => expect(Math.abs(right.values[row]! - value) / scale).toBeLessThan(1e-3));
  });
});

describe('the addon', () => {
  it('is none where it is asked away, is not there, or is no addon', async () => {
    const torn = join(await temporaryDirectory(), 'dense.node');
    await writeFile(torn, 'torn');
    expect(openKernels(addon, 'none')).toBeNull();
    expect(openKernels(`${addon}.gone`, '')).toBeNull();
    expect(openKernels(torn, '')).toBeNull();
  });

  it('refuses instructions that it was not built for, and names those that there are', () => {
    expect(() => openKernels(addon, 'mmx')).toThrow(/INCUMBENT_KERNELS is "mmx", but .*baseline, none/);
    expect(() => openKernels(addon, '')!.use('mmx')).toThrow('mmx');
  });
});
