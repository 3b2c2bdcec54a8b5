import { createModelRuntime } from '../../../adapters/runtime/model-runtime.ts';
import type { TrainingJob } from '../../../adapters/ports/model-runtime.ts';

/** Trains once and has nothing left to do; the child is idle then. */
process.once('message', ({ job, rowsModule, storeDirectory }: Record<string, string> & { job: TrainingJob }) => {
  const runtime = createModelRuntime({ storeDirectory: storeDirectory!, rowsModule: rowsModule! });
  const options = { signal: new AbortController().signal, resumeFrom: null, onEpoch: () => undefined };
  void runtime.train(job, options).then(() => process.disconnect());
});
