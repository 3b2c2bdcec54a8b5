import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { LabelledRows } from '../../adapters/ports/store.ts';
import { createModelRuntime } from '../../adapters/runtime/model-runtime.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import type { DataSchema } from '../../domain/table.ts';
import { candidate } from './activities.ts';
import { makePriceRows } from './price-project.ts';
import { killHard } from './processes.ts';

export const servedModel = 'prices';

export const servedSchema: DataSchema = {
  features: [
    { name: 'price', type: 'numeric' },
    { name: 'load', type: 'numeric' },
    { name: 'region', type: 'categorical' },
  ],
  label: 'move',
  classes: ['down', 'up'],
};

function toLabelledRows(count: number): LabelledRows {
  const { rows, labels } = makePriceRows(count, 1);
  return {
    table: {
      rowCount: count,
      columns: {
        price: { kind: 'numeric', values: Float64Array.from(rows, ({ price }) => price) },
        load: { kind: 'numeric', values: Float64Array.from(rows, ({ load }) => load) },
        region: { kind: 'categorical', values: rows.map(({ region }) => region) },
      },
    },
    labels: Float64Array.from(labels, (label) => servedSchema.classes.indexOf(label)),
    keys: rows.map((_, index) => `history:${String(index).padStart(8, '0')}`),
  };
}

/** Trains packages of one small network each, that differ by their seed; their folders. */
export async function trainPackages(folder: string, seeds: readonly number[]): Promise<readonly string[]> {
  const storeDirectory = join(folder, 'training-store');
  const [train, validation, holdout] = [
    { from: 0, to: 240 },
    { from: 240, to: 300 },
    { from: 300, to: 320 },
  ] as const;
  const store = await openStore({ directory: storeDirectory });
  const snapshot = await store.writeSnapshot(servedModel, servedSchema, toLabelledRows(320), {
    train,
    validation,
    holdout,
  });
  const runtime = createModelRuntime({ storeDirectory });
  const options = { onEpoch: () => undefined, signal: new AbortController().signal, resumeFrom: null };
  const trainOne = async (seed: number): Promise<string> => {
    const spec = { ...candidate(`mlp-${seed}`), hiddenUnits: [4] };
    const workDirectory = join(folder, `job-${seed}`);
    const job = { task: 'binary' as const, snapshot, candidate: spec, train, validation, seed, workDirectory };
    return (await runtime.train({ ...job, sharedDirectory: folder }, options)).packageDirectory;
  };
  return await Promise.all(seeds.map(trainOne));
}

export interface RunningService {
  readonly url: string;
  readonly process: ChildProcess;
  /** All that it wrote so far. */
  output(): string;
}

/** The prediction service as a process of its own on a home directory, killed when the test ends. */
export async function startService(
  home: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  return await launchService(home, environment, (child) => onTestFinished(() => killHard(child)));
}

/** The same, for whoever ends the process in another way. */
export async function launchService(
  home: string,
  environment: Readonly<Record<string, string>>,
  onStart: (child: ChildProcess) => void,
): Promise<RunningService> {
  const child = fork(fileURLToPath(new URL('../../serving/main.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, INCUMBENT_HOME: home, INCUMBENT_REPLICA_ID: 'r1', INCUMBENT_POLL_MS: '20', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  onStart(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => void (output += String(chunk)));
  const url = await Promise.race([
    once(child, 'message').then(([message]) => (message as { url: string }).url),
    once(child, 'exit').then(() => Promise.reject(new Error(`the service ended: ${output}`))),
  ]);
  return { url, process: child, output: () => output };
}
