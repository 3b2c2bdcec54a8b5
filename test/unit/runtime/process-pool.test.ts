import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { TrainingJob } from '../../../adapters/ports/model-runtime.ts';
import { createModelRuntime } from '../../../adapters/runtime/model-runtime.ts';
import { mayGoOn, type PoolLimits } from '../../../adapters/runtime/process-pool.ts';
import type { ChildRequest } from '../../../adapters/runtime/protocol.ts';
import { generateRows } from './generated-rows.ts';
import { isAlive, jobFor, networkModule, packageBytes, source, temporaryDirectory } from './jobs.ts';

const rowsModule = fileURLToPath(new URL('counted-rows.ts', import.meta.url));
const { signal } = new AbortController();

async function countingRuntime(processes: Partial<PoolLimits> = {}, spare = false) {
  const storeDirectory = await temporaryDirectory();
  const runtime = createModelRuntime({ storeDirectory, rowsModule, processes, spare });
  const pids = async (): Promise<number[]> =>
    (await readFile(join(storeDirectory, 'pids'), 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
  onTestFinished(async () => {
    for (const pid of await pids()) if (isAlive(pid)) process.kill(pid);
  });
  const train = (job: TrainingJob) => runtime.train(job, { signal, resumeFrom: null, onEpoch: () => undefined });
  return { runtime, train, pids, storeDirectory };
}

const short = { maxEpochs: 2 };

describe('a process that did other jobs', () => {
  it('trains to the same package, byte for byte, as a fresh one', async () => {
    const fresh = await countingRuntime();
    const expected = await fresh.train(await jobFor('ring', short));
    const used = await countingRuntime();
    const job = await jobFor('sectors', short);
    const { packageDirectory } = await used.train(job);
    const { snapshot } = job;
    const { holdout: range, validation } = snapshot.split;
    await used.runtime.score(packageDirectory, snapshot, range, signal);
    const workDirectory = await temporaryDirectory();
    const recalibration = { candidateId: 'again', packageDirectory, snapshot, range: validation, workDirectory };
    await used.runtime.recalibrate(recalibration, signal);
    await used.runtime.separate({ snapshot, range, current: generateRows('sectors', 300).table, seed: 1 }, signal);
    const trained = await used.train(await jobFor('ring', short));
    expect(trained.weightsSha256).toBe(expected.weightsSha256);
    expect(await packageBytes(trained)).toEqual(await packageBytes(expected));
    // Nothing was left behind by any of the four, or it had not been kept.
    expect(await used.pids()).toHaveLength(1);
  });

  it('separates windows as a fresh one', async () => {
    const { snapshot } = await jobFor('ring');
    const job = { snapshot, range: { from: 0, to: 400 }, current: generateRows('price', 400).table, seed: 5 };
    const [one, other] = [await countingRuntime(), await countingRuntime()];
    await other.train(await jobFor('ring', short));
    expect(await other.runtime.separate(job, signal)).toEqual(await one.runtime.separate(job, signal));
    expect(await other.pids()).toHaveLength(1);
  });
});

describe('a process ends', () => {
  it('after so many jobs, and another does the next', async () => {
    const { train, pids } = await countingRuntime({ jobs: 2 });
    for (const _ of [1, 2, 3]) await train(await jobFor('ring', short));
    const [first, second] = await pids();
    expect(second).not.toBe(first);
    await vi.waitFor(() => expect(isAlive(first!)).toBe(false), 10_000);
    expect(isAlive(second!)).toBe(true);
  });

  it('when it has waited for long enough', async () => {
    const { train, pids } = await countingRuntime({ idleMs: 10 });
    await train(await jobFor('ring', short));
    const [pid] = await pids();
    await vi.waitFor(() => expect(isAlive(pid!)).toBe(false), 10_000);
  });

  it('when enough others wait', async () => {
    const { train, pids } = await countingRuntime({ idle: 1 });
    const jobs = [await jobFor('ring', short), await jobFor('price', short)];
    await Promise.all(jobs.map(train));
    const two = await pids();
    expect(two).toHaveLength(2);
    await vi.waitFor(() => expect(two.filter(isAlive)).toHaveLength(1), 10_000);
  });

  it.each([
    ["that ran a user's own module", { buildModule: networkModule('dropout'), ...short }, null],
    ['whose job failed', { buildModule: networkModule('crashing') }, 'ended with exit code 7'],
    ['whose network diverged', { learningRate: 1e30 }, 'no number any more'],
  ])('%s, and costs no other job', async (_, candidate, failure) => {
    const { train, pids } = await countingRuntime();
    const job = await jobFor('price', candidate);
    if (failure === null) await train(job);
    else await expect(train(job)).rejects.toThrow(failure);
    const [pid] = await pids();
    await train(await jobFor('ring', short));
    expect(await pids()).toHaveLength(2);
    await vi.waitFor(() => expect(isAlive(pid!)).toBe(false), 10_000);
  });

  it('that is killed while it waits, and costs no job', async () => {
    const { train, pids } = await countingRuntime();
    await train(await jobFor('ring', short));
    const [pid] = await pids();
    process.kill(pid!, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid!)).toBe(false), 10_000);
    await train(await jobFor('ring', short));
    expect(await pids()).toHaveLength(2);
  });

  it.each([
    ['it', false],
    ['a spare one', true],
  ])('with the process that started it, which %s does not keep from ending', async (_, spare) => {
    const { storeDirectory, pids } = await countingRuntime();
    const module = fileURLToPath(new URL('train-and-leave.ts', import.meta.url));
    const parent = fork(module, [], { execArgv: ['--import', 'tsx'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    parent.send({ job: await jobFor('ring', short), rowsModule, storeDirectory, spare });
    expect(await once(parent, 'exit')).toEqual([0, null]);
    const started = await pids();
    expect(started.length).toBeGreaterThan(0);
    await vi.waitFor(() => expect(started.filter(isAlive)).toEqual([]), 10_000);
  });
});

describe('a spare process', () => {
  const patient = { timeout: 30_000, interval: 50 };
  const isReady = async (pids: () => Promise<number[]>, count: number): Promise<number[]> => {
    await vi.waitFor(async () => expect(await pids()).toHaveLength(count), patient);
    return await pids();
  };

  it('is there before the first job, waits on when others would have ended, and does the next ones', async () => {
    const { train, pids } = await countingRuntime({ idleMs: 10 }, true);
    await isReady(pids, 1);
    // A job that comes before it is ready starts one of its own, and the other ends when it has waited.
    await train(await jobFor('ring', short));
    await vi.waitFor(async () => expect((await pids()).filter(isAlive)).toHaveLength(1), patient);
    const [waiting] = (await pids()).filter(isAlive);
    const known = (await pids()).length;
    for (const _ of [1, 2]) await train(await jobFor('ring', short));
    expect(await pids()).toHaveLength(known);
    expect(isAlive(waiting!)).toBe(true);
  });

  it('has a successor when it was recycled', async () => {
    const { train, pids } = await countingRuntime({ jobs: 1 }, true);
    await isReady(pids, 1);
    await train(await jobFor('ring', short));
    await vi.waitFor(async () => expect((await pids()).filter(isAlive)).toHaveLength(1), patient);
  });

  it('is gone with the training that was cancelled in it, and has a successor', async () => {
    const { runtime, train, pids } = await countingRuntime({ idle: 1 }, true);
    await train(await jobFor('ring', short));
    // Where the first job came before the spare one was ready, two were started; one of them waits on.
    await vi.waitFor(async () => expect((await pids()).filter(isAlive)).toHaveLength(1), patient);
    const [waiting] = (await pids()).filter(isAlive);
    const cancel = new AbortController();
    const training = runtime.train(await jobFor('ring', { maxEpochs: 1e6, patience: 1e6 }), {
      signal: cancel.signal,
      resumeFrom: null,
      onEpoch: () => cancel.abort(new Error('no longer wanted')),
    });
    await expect(training).rejects.toThrow('no longer wanted');
    expect(isAlive(waiting!)).toBe(false);
    await vi.waitFor(async () => expect((await pids()).filter(isAlive)).toHaveLength(1), patient);
  });
});

describe('whether a process may go on', () => {
  const limits: PoolLimits = { idle: 1, jobs: 5, residentMb: 1_000, idleMs: 1_000 };
  const clean = { tensors: 0, residentMb: 500 };

  it.each([
    ['is clean', clean, 4, true],
    ['did its jobs', clean, 5, false],
    ['kept a tensor', { ...clean, tensors: 1 }, 1, false],
    ['takes too much memory', { ...clean, residentMb: 1_001 }, 1, false],
  ])('one that %s', async (_, state, jobs, expected) => {
    const request: ChildRequest = { kind: 'train', source, job: await jobFor('ring'), resumeFrom: null, memoryMb: 64 };
    expect(mayGoOn(request, state, jobs, limits)).toBe(expected);
  });
});
