import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ModelRuntime } from '../ports/model-runtime.ts';
import type { ChildResult, RowsSource } from './protocol.ts';
import { createProcessPool, type PoolLimits } from './process-pool.ts';
import { TrainingError } from './training-error.ts';

export interface ModelRuntimeOptions {
  readonly storeDirectory: string;
  /**
   * Absolute path of a module exporting `openRows(storeDirectory)`.
   * @default the store's own
   */
  readonly rowsModule?: string;
  /** @default as many idle children as there are cores, for a minute; 50 jobs and 1,536 MB each */
  readonly processes?: Partial<PoolLimits>;
}

const defaultLimits: PoolLimits = { idle: availableParallelism(), jobs: 50, residentMb: 1_536, idleMs: 60_000 };

const storeRowsModule = fileURLToPath(new URL('snapshot-rows.ts', import.meta.url));

/** Trains and scores with TensorFlow, in forked child processes that are kept for the next call. */
export function createModelRuntime({ storeDirectory, rowsModule, processes }: ModelRuntimeOptions): ModelRuntime {
  const source: RowsSource = { storeDirectory, rowsModule: rowsModule ?? storeRowsModule };
  const pool = createProcessPool({ ...defaultLimits, ...processes });
  return {
    async train(job, { onEpoch, signal, resumeFrom }) {
      const result = await pool.run({ kind: 'train', source, job, resumeFrom }, { signal, onEpoch });
      if (result.kind !== 'trained') throw unexpected(result);
      return result.candidate;
    },
    async recalibrate(job, signal) {
      const result = await pool.run({ kind: 'recalibrate', source, job }, { signal, onEpoch: () => undefined });
      if (result.kind !== 'trained') throw unexpected(result);
      return result.candidate;
    },
    async blend(job, signal) {
      const result = await pool.run({ kind: 'blend', source, job }, { signal, onEpoch: () => undefined });
      if (result.kind !== 'blended') throw unexpected(result);
      return result.candidate;
    },
    async score(packageDirectory, snapshot, range, signal) {
      const request = { kind: 'score', source, packageDirectory, snapshot, range } as const;
      const result = await pool.run(request, { signal, onEpoch: () => undefined });
      if (result.kind !== 'scored') throw unexpected(result);
      return result.predictions;
    },
    async scoreTable(packageDirectories, table, signal) {
      const request = { kind: 'score-table', source, packageDirectories, table } as const;
      const result = await pool.run(request, { signal, onEpoch: () => undefined });
      if (result.kind !== 'table-scored') throw unexpected(result);
      return result.predictions;
    },
    async measureCosts(job, signal) {
      const result = await pool.run({ kind: 'measure-costs', source, job }, { signal, onEpoch: () => undefined });
      if (result.kind !== 'measured') throw unexpected(result);
      return result.costs;
    },
    async measureImportances(job, signal) {
      const request = { kind: 'measure-importances', source, job } as const;
      const result = await pool.run(request, { signal, onEpoch: () => undefined });
      if (result.kind !== 'importances') throw unexpected(result);
      return result.importances;
    },
    async separate(job, signal) {
      const result = await pool.run({ kind: 'separate', source, job }, { signal, onEpoch: () => undefined });
      if (result.kind !== 'separated') throw unexpected(result);
      return result.separation;
    },
  };
}

function unexpected({ kind }: ChildResult): TrainingError {
  return new TrainingError('crashed', `The training process answered "${kind}" to another question`);
}
