import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ModelRuntime } from '../ports/model-runtime.ts';
import type { ChildRequest, ChildResult, RowsSource } from './protocol.ts';
import { defaultExamplesMb } from './open-examples.ts';
import { removeExamples, removeWork } from './prepare-examples.ts';
import { createProcessPool, type PoolLimits, type ProcessPool } from './process-pool.ts';
import { createSharedTurns, type SharedTurns } from './share-examples.ts';
import { plainEnvironment, type TensorflowSettings } from './tensorflow-settings.ts';
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
  /**
   * Examples of a training up to this size are held in memory, which the candidates of a run share; larger ones are streamed.
   * @default half of the machine's memory over its cores
   */
  readonly examplesMb?: number;
  /**
   * How TensorFlow is set where it trains a user's own network.
   * @default one thread, without oneDNN
   */
  readonly settings?: () => Promise<TensorflowSettings>;
  /**
   * Have a process ready at all times, so that no training needs to wait for TensorFlow to load.
   * @default false
   */
  readonly spare?: boolean;
}

const plainSettings: TensorflowSettings = { environment: plainEnvironment, description: 'plain' };

const defaultLimits: PoolLimits = { idle: availableParallelism(), jobs: 50, residentMb: 1_536, idleMs: 60_000 };

const storeRowsModule = fileURLToPath(new URL('snapshot-rows.ts', import.meta.url));

/** Trains and scores with TensorFlow, in forked child processes that are kept for the next call. */
export function createModelRuntime(options: ModelRuntimeOptions): ModelRuntime {
  const { storeDirectory, rowsModule = storeRowsModule, examplesMb: memoryMb = defaultExamplesMb() } = options;
  const source: RowsSource = { storeDirectory, rowsModule };
  const pool = openPool(options, source);
  /** The answer to a request, which must be of the kind that belongs to it. */
  const ask = async <K extends ChildResult['kind']>(
    request: ChildRequest,
    kind: K,
    signal: AbortSignal,
  ): Promise<Extract<ChildResult, { kind: K }>> => {
    const result = await pool.run(request, { signal, onEpoch: () => undefined });
    if (result.kind !== kind) throw unexpected(result);
    return result as Extract<ChildResult, { kind: K }>;
  };
  const turns = createSharedTurns();
  return {
    train: trainIn(pool, source, memoryMb, turns),
    prepare: (job, signal) =>
      turns.take(job, signal, async () => void (await ask({ kind: 'prepare', source, job }, 'shared', signal))),
    recalibrate: async (job, signal) => (await ask({ kind: 'recalibrate', source, job }, 'trained', signal)).candidate,
    follow: async (job, signal) => (await ask({ kind: 'follow', source, job }, 'followed', signal)).packageDirectory,
    blend: async (job, signal) => (await ask({ kind: 'blend', source, job }, 'blended', signal)).candidate,
    score: async (packageDirectory, snapshot, range, signal) =>
      (await ask({ kind: 'score', source, packageDirectory, snapshot, range }, 'scored', signal)).predictions,
    scoreTable: async (packageDirectories, table, signal) =>
      (await ask({ kind: 'score-table', source, packageDirectories, table }, 'table-scored', signal)).predictions,
    measureCosts: async (job, signal) => (await ask({ kind: 'measure-costs', source, job }, 'measured', signal)).costs,
    measureImportances: async (job, signal) =>
      (await ask({ kind: 'measure-importances', source, job }, 'importances', signal)).importances,
    separate: async (job, signal) => (await ask({ kind: 'separate', source, job }, 'separated', signal)).separation,
    endRun: removeExamples,
    forget: removeWork,
  };
}

function trainIn(pool: ProcessPool, source: RowsSource, memoryMb: number, turns: SharedTurns): ModelRuntime['train'] {
  return (job, { onEpoch, signal, resumeFrom }) =>
    turns.take(job, signal, async (onPrepared) => {
      const request = { kind: 'train', source, job, resumeFrom, memoryMb } as const;
      const result = await pool.run(request, { signal, onEpoch, onPrepared });
      if (result.kind !== 'trained') throw unexpected(result);
      return result.candidate;
    });
}

function openPool({ processes, settings, spare = false }: ModelRuntimeOptions, source: RowsSource): ProcessPool {
  const limits = { ...defaultLimits, ...processes };
  const chosen = settings ?? (() => Promise.resolve(plainSettings));
  return createProcessPool(limits, chosen, spare ? { kind: 'warm', source } : null);
}

function unexpected({ kind }: ChildResult): TrainingError {
  return new TrainingError('crashed', `The training process answered "${kind}" to another question`);
}
