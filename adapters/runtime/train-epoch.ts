import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Rng } from '../../domain/math/rng.ts';
import type { ExampleSource } from './example-source.ts';
import { stepsOf, type Trainer } from './take-steps.ts';

/** One pass over the examples in an order drawn from `rng`; the mean loss, NaN once a batch has no finite loss. */
export async function trainEpoch(trainer: Trainer, source: ExampleSource, rng: Rng): Promise<number> {
  const steps = stepsOf(trainer);
  let sum = 0;
  for (const { examples, order } of source.shuffled(rng, trainer.spec.batchSize)) {
    for (let from = 0; from < order.length; from += steps.rowsPerCall) {
      sum += steps.take(examples, order.subarray(from, from + steps.rowsPerCall));
      if (Number.isNaN(sum)) return sum;
      // The child hears that its parent is gone.
      await nextTurn();
    }
  }
  steps.finish();
  return sum / source.rowCount;
}
