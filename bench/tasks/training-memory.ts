import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInProcessRuntime } from '../../adapters/runtime/in-process-runtime.ts';
import { createModelRuntime } from '../../adapters/runtime/model-runtime.ts';
import type { ModelRuntime, TrainingJob } from '../../adapters/ports/model-runtime.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { defaultTraining } from '../../config/defaults.ts';
import { startClock } from '../clock.ts';
import { readBenchSnapshot } from '../snapshots.ts';
import type { Task } from '../task.ts';

const epochs = 2;
const sampleEveryMs = 50;

/** One candidate, from the snapshot to the package, in this very process. */
export const trainMemory: Task = async (folder = '', memoryMb = '') =>
  inScratch(folder, async (job) => {
    const runtime = createInProcessRuntime(await openStore({ directory: folder }), Number(memoryMb));
    const stop = startClock();
    await train(runtime, job);
    return { ...stop() };
  });

/** Candidates of one run at the same time, each in a process of its own; the most that these have in common and apart. */
export const trainShared: Task = async (folder = '', candidates = '1') =>
  inScratch(folder, async (job) => {
    const runtime = createModelRuntime({ storeDirectory: folder });
    let proportionalBytes = 0;
    const timer = setInterval(() => (proportionalBytes = Math.max(proportionalBytes, sumOfShares())), sampleEveryMs);
    const stop = startClock();
    const ids = Array.from({ length: Number(candidates) }, (_, index) => `candidate-${index}`);
    const one = (id: string) => {
      const candidate = { ...job.candidate, id };
      return train(runtime, { ...job, candidate, workDirectory: join(job.workDirectory, id) });
    };
    await Promise.all(ids.map(one));
    clearInterval(timer);
    return { ...stop(), proportionalBytes };
  });

function train(runtime: ModelRuntime, job: TrainingJob) {
  return runtime.train(job, {
    signal: new AbortController().signal,
    resumeFrom: null,
    onEpoch: ({ epoch, validationLoss }) =>
      process.stderr.write(`${job.candidate.id}: epoch ${epoch}, loss ${validationLoss}\n`),
  });
}

async function inScratch<T>(folder: string, work: (job: TrainingJob) => Promise<T>): Promise<T> {
  const workDirectory = await mkdtemp(join(tmpdir(), 'incumbent-bench-'));
  try {
    return await work(await jobIn(folder, workDirectory));
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

async function jobIn(folder: string, workDirectory: string): Promise<TrainingJob> {
  const snapshot = await readBenchSnapshot(folder);
  const { networks, windows: _windows, seed, ...shared } = defaultTraining;
  const { name: id, ...network } = networks.at(-1)!;
  const { train: learned, validation } = snapshot.split;
  const candidate = { id, window: 'all' as const, ...network, ...shared, maxEpochs: epochs };
  const parts = { train: learned, validation };
  return { task: 'binary', snapshot, candidate, ...parts, seed, workDirectory, sharedDirectory: workDirectory };
}

/** Proportional set sizes of the training processes: a page that several share counts once. 0 where the system doesn't tell. */
function sumOfShares(): number {
  let bytes = 0;
  for (const pid of childrenOf(process.pid)) {
    const share = /^Pss:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`));
    if (readOrEmpty(`/proc/${pid}/cmdline`).includes('training-child')) bytes += Number(share?.[1] ?? 0) * 1_024;
  }
  return bytes;
}

function childrenOf(pid: number): string[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.flatMap((thread) => readOrEmpty(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean));
}

/** A process may be gone at any moment. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
