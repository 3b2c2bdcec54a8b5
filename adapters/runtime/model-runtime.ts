import { fileURLToPath } from 'node:url';
import type { ModelRuntime } from '../ports/model-runtime.ts';
import type { ChildResult, RowsSource } from './protocol.ts';
import { runChild } from './run-child.ts';
import { TrainingError } from './training-error.ts';

export interface ModelRuntimeOptions {
  readonly storeDirectory: string;
  /**
   * Absolute path of a module exporting `openRows(storeDirectory)`.
   * @default the store's own
   */
  readonly rowsModule?: string;
}

const storeRowsModule = fileURLToPath(new URL('snapshot-rows.ts', import.meta.url));

/** Trains and scores with TensorFlow, one forked child process for each call. */
export function createModelRuntime({ storeDirectory, rowsModule }: ModelRuntimeOptions): ModelRuntime {
  const source: RowsSource = { storeDirectory, rowsModule: rowsModule ?? storeRowsModule };
  return {
    async train(job, { onEpoch, signal, resumeFrom }) {
      const result = await runChild({ kind: 'train', source, job, resumeFrom }, { signal, onEpoch });
      if (result.kind !== 'trained') throw unexpected(result);
      return result.candidate;
    },
    async recalibrate(job, signal) {
      const result = await runChild({ kind: 'recalibrate', source, job }, { signal, onEpoch: () => undefined });
      if (result.kind !== 'trained') throw unexpected(result);
      return result.candidate;
    },
    async score(packageDirectory, snapshot, range, signal) {
      const request = { kind: 'score', source, packageDirectory, snapshot, range } as const;
      const result = await runChild(request, { signal, onEpoch: () => undefined });
      if (result.kind !== 'scored') throw unexpected(result);
      return result.predictions;
    },
    async separate(job, signal) {
      const result = await runChild({ kind: 'separate', source, job }, { signal, onEpoch: () => undefined });
      if (result.kind !== 'separated') throw unexpected(result);
      return result.separation;
    },
  };
}

function unexpected({ kind }: ChildResult): TrainingError {
  return new TrainingError('crashed', `The training process answered "${kind}" to another question`);
}
