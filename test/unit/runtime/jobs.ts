import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { taskOf } from '../../../domain/task.ts';
import type {
  CandidateSpec,
  EpochReport,
  TrainedCandidate,
  TrainingJob,
} from '../../../adapters/ports/model-runtime.ts';
import { createModelRuntime } from '../../../adapters/runtime/model-runtime.ts';
import type { RowsSource } from '../../../adapters/runtime/protocol.ts';
import { schemaOf, type Problem } from './generated-rows.ts';

export const source: RowsSource = {
  storeDirectory: tmpdir(),
  rowsModule: fileURLToPath(new URL('generated-rows.ts', import.meta.url)),
};

export const runtime = createModelRuntime(source);

export function networkModule(name: string): string {
  return fileURLToPath(new URL(`networks/${name}.ts`, import.meta.url));
}

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'incumbent-runtime-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function jobFor(problem: Problem, candidate: Partial<CandidateSpec> = {}): Promise<TrainingJob> {
  return jobIn(await temporaryDirectory(), problem, candidate);
}

export function jobIn(workDirectory: string, problem: Problem, candidate: Partial<CandidateSpec>): TrainingJob {
  const schema = schemaOf(problem);
  const split = {
    train: { from: 0, to: 1_000 },
    validation: { from: 1_000, to: 1_300 },
    holdout: { from: 1_300, to: 1_600 },
  };
  return {
    task: taskOf(schema),
    snapshot: {
      id: `snapshot-${problem}`,
      model: problem,
      path: '',
      schema,
      rowCount: 1_600,
      split,
      lastKey: 'history:00001599',
    },
    candidate: {
      id: 'mlp-16/all',
      hiddenUnits: [16],
      window: 'all',
      optimizer: 'adam',
      learningRate: 0.02,
      batchSize: 32,
      maxEpochs: 20,
      patience: 5,
      l2: 0,
      classWeights: true,
      buildModule: null,
      ...candidate,
    },
    train: split.train,
    validation: split.validation,
    seed: 42,
    workDirectory,
    sharedDirectory: workDirectory,
  };
}

export interface TrainSettings {
  readonly signal?: AbortSignal;
  readonly resumeFrom?: string;
  readonly onEpoch?: (report: EpochReport) => void;
}

export function train(
  job: TrainingJob,
  { signal, resumeFrom, onEpoch }: TrainSettings = {},
): Promise<TrainedCandidate> {
  return runtime.train(job, {
    signal: signal ?? new AbortController().signal,
    resumeFrom: resumeFrom ?? null,
    onEpoch: onEpoch ?? (() => undefined),
  });
}

const packageFiles = [
  'golden.json',
  'model.json',
  'preprocessing.json',
  'signature.json',
  'training.json',
  'weights.bin',
];

export async function packageBytes({ packageDirectory }: TrainedCandidate): Promise<string[]> {
  return Promise.all(packageFiles.map((file) => readFile(join(packageDirectory, file), 'hex')));
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
