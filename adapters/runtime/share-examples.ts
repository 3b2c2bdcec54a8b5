import type { TrainingJob } from '../ports/model-runtime.ts';
import { examplesDirectory, isPrepared } from './example-paths.ts';

/** Trains a candidate, which writes the run's examples where they are missing, and then says so. */
type Train<T> = (onPrepared: () => void) => Promise<T>;

/** Lets candidates that begin at the same time wait until one of them has written what they share. */
export interface SharedTurns {
  take<T>(job: TrainingJob, signal: AbortSignal, train: Train<T>): Promise<T>;
}

export function createSharedTurns(): SharedTurns {
  const writing = new Map<string, Promise<void>>();
  const lead = async <T>(directory: string, train: Train<T>): Promise<T> => {
    let end = (): void => undefined;
    const written = new Promise<void>((resolve) => (end = resolve));
    writing.set(directory, written);
    const onPrepared = (): void => {
      if (writing.get(directory) === written) writing.delete(directory);
      end();
    };
    try {
      return await train(onPrepared);
    } finally {
      onPrepared();
    }
  };
  return {
    async take(job, signal, train) {
      const directory = examplesDirectory(job);
      while (!isPrepared(job)) {
        const other = writing.get(directory);
        if (other === undefined) return await lead(directory, train);
        // Whoever is at it may fail or be cancelled: then it is this one's turn.
        await endOrAbort(other, signal);
      }
      return await train(() => undefined);
    },
  };
}

async function endOrAbort(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
