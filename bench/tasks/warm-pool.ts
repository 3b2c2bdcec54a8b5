import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModelRuntime } from '../../adapters/runtime/model-runtime.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { defaultTraining } from '../../config/defaults.ts';
import { createRng } from '../../domain/math/rng.ts';
import { startClock } from '../clock.ts';
import type { Task } from '../task.ts';

const rowCount = 5_000;
const features = ['a', 'b', 'c', 'd', 'e', 'f'];

/** The same candidate twice: when the first process must start, and in the one that it leaves. */
export const warmPool: Task = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'incumbent-bench-'));
  try {
    const train = await prepare(directory);
    const stopFirst = startClock();
    await train('first');
    const { seconds: coldSeconds } = stopFirst();
    const stop = startClock();
    await train('second');
    return { ...stop(), coldSeconds };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

async function prepare(directory: string) {
  const random = createRng(1);
  const draw = () => Float64Array.from({ length: rowCount }, random);
  const columns = Object.fromEntries(features.map((name) => [name, { kind: 'numeric' as const, values: draw() }]));
  const first = columns['a']!.values;
  const store = await openStore({ directory });
  const schema = {
    features: features.map((name) => ({ name, type: 'numeric' as const })),
    label: 'y',
    classes: ['0', '1'],
  };
  const rows = {
    table: { rowCount, columns },
    labels: first.map((value) => Number(value > 0.5)),
    keys: Array.from({ length: rowCount }, (_, row) => String(row).padStart(8, '0')),
  };
  const split = {
    train: { from: 0, to: 3_500 },
    validation: { from: 3_500, to: 4_000 },
    holdout: { from: 4_000, to: 5_000 },
  };
  const snapshot = await store.writeSnapshot('bench', schema, rows, split);
  const runtime = createModelRuntime({ storeDirectory: directory });
  const { networks, windows: _windows, seed, ...shared } = defaultTraining;
  const { name, ...network } = networks[1]!;
  const candidate = { id: name, window: 'all' as const, ...network, ...shared };
  const options = { signal: new AbortController().signal, resumeFrom: null, onEpoch: () => undefined };
  return (folder: string) => {
    const { train, validation } = split;
    const workDirectory = join(directory, folder);
    const job = { task: 'binary' as const, snapshot, candidate, train, validation, seed, workDirectory };
    return runtime.train({ ...job, sharedDirectory: workDirectory }, options);
  };
}
