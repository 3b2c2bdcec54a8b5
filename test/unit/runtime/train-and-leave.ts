import { createModelRuntime } from '../../../adapters/runtime/model-runtime.ts';
import type { TrainingJob } from '../../../adapters/ports/model-runtime.ts';

/** Trains once and has nothing left to do; the child, and a spare one where it is asked for, is idle then. */
type Order = Record<'rowsModule' | 'storeDirectory', string> & { readonly job: TrainingJob; readonly spare: boolean };

process.once('message', ({ job, rowsModule, storeDirectory, spare }: Order) => {
  const runtime = createModelRuntime({ storeDirectory, rowsModule, spare });
  const options = { signal: new AbortController().signal, resumeFrom: null, onEpoch: () => undefined };
  void runtime.train(job, options).then(() => process.disconnect());
});
