import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadTensorflow } from '../../../adapters/runtime/load-tensorflow.ts';
import { createModelRuntime } from '../../../adapters/runtime/model-runtime.ts';
import type { ChildRequest } from '../../../adapters/runtime/protocol.ts';
import { TrainingError } from '../../../adapters/runtime/training-error.ts';
import { isAlive, jobFor, jobIn, networkModule, source, temporaryDirectory, train } from './jobs.ts';

function startChild() {
  const module = fileURLToPath(new URL('../../../adapters/runtime/training-child.ts', import.meta.url));
  return fork(module, [], { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
}

async function failureOf(training: Promise<unknown>): Promise<TrainingError> {
  const error = await training.then(
    () => new Error('it trained'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TrainingError);
  return error as TrainingError;
}

describe('a training that is cancelled', () => {
  it('rejects with the reason once its process is gone, even one that hears no SIGTERM', async () => {
    const pidFile = join(await temporaryDirectory(), 'pid');
    const job = await jobFor('ring', { id: pidFile, buildModule: networkModule('stubborn') });
    const cancel = new AbortController();
    const training = train(job, { signal: cancel.signal });
    const refused = training.then(
      () => 'it trained',
      (reason: Error) => reason.message,
    );
    await vi.waitFor(() => expect(existsSync(pidFile)).toBe(true), { timeout: 30_000 });
    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(isAlive(pid)).toBe(true);
    cancel.abort(new Error('no longer wanted'));
    expect(await refused).toBe('no longer wanted');
    expect(isAlive(pid)).toBe(false);
  });

  it('starts no process when it was cancelled before', async () => {
    const cancelled = AbortSignal.abort(new Error('too late'));
    await expect(train(await jobFor('ring'), { signal: cancelled })).rejects.toThrow('too late');
  });
});

describe('a training whose worker dies', () => {
  it.each([
    ['while it waits', 'stubborn'],
    ['while it computes', 'dropout'],
  ])('ends %s', async (_, network) => {
    const directory = await temporaryDirectory();
    const id = join(directory, 'pid');
    const job = jobIn(directory, 'ring', { id, buildModule: networkModule(network), maxEpochs: 1e6, patience: 1e6 });
    const child = startChild();
    onTestFinished(() => void child.kill('SIGKILL'));
    child.send({ kind: 'train', source, job, resumeFrom: null, memoryMb: 64 } satisfies ChildRequest);
    await vi.waitFor(() => expect([id, join(directory, 'checkpoint.bin')].some(existsSync)).toBe(true), 30_000);
    // All that a child notices of its parent's death.
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});

describe('a training that fails', () => {
  it('says how its process ended and what it wrote last', async () => {
    const error = await failureOf(train(await jobFor('ring', { buildModule: networkModule('crashing') })));
    expect(error).toMatchObject({ code: 'crashed', exitCode: 7, stderr: 'out of luck' });
    expect(error.message).toContain('ended with exit code 7');
  });

  it('says that memory ran out', async () => {
    vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=200');
    onTestFinished(() => void vi.unstubAllEnvs());
    // A process of the shared runtime may have started before.
    const fresh = createModelRuntime(source);
    const job = await jobFor('ring', { buildModule: networkModule('hungry') });
    const options = { signal: new AbortController().signal, resumeFrom: null, onEpoch: () => undefined };
    const error = await failureOf(fresh.train(job, options));
    expect(error.code).toBe('out-of-memory');
    expect(error.message).toContain('heap out of memory');
  });

  it('says when the system killed its process', async () => {
    const error = await failureOf(train(await jobFor('ring', { buildModule: networkModule('killed') })));
    expect(error.code).toBe('crashed');
    expect(error.message).toContain('by SIGKILL, as the system does when memory runs out');
  });

  it.each([
    ['throwing', 'could not be built: the third layer has no units'],
    ['unbuilt', 'exports no function build(tf, spec, inputs, outputs)'],
    ['too-wide', 'gives 5 outputs, but must take 9 and give 1'],
    ['linear-end', 'not a probability: end it in a sigmoid'],
    ['absent', 'could not be imported'],
  ])('says what is wrong with a network that is %s', async (name, message) => {
    const error = await failureOf(train(await jobFor('ring', { buildModule: networkModule(name) })));
    expect(error.code).toBe('build-failed');
    expect(error.message).toContain(message);
  });

  it('says that the loss is no number any more', async () => {
    const error = await failureOf(train(await jobFor('price', { learningRate: 1e30 })));
    expect(error).toMatchObject({ code: 'diverged' });
    expect(error.message).toContain('lower its learning rate (now 1e+30)');
  });

  it('refuses an empty validation part', async () => {
    const error = await failureOf(train({ ...(await jobFor('ring')), validation: { from: 1_300, to: 1_300 } }));
    expect(error.code).toBe('build-failed');
    expect(error.message).toContain('validation part (rows 1300 to 1300) has 0 rows');
  });
});

describe('loading TensorFlow', () => {
  it('says what to run where the native addon is missing', () => {
    const load = () => {
      throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found\nmore');
    };
    expect(() => loadTensorflow(load)).toThrow('can not be found): run npm run setup');
  });
});
