import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Rng } from '../../domain/math/rng.ts';
import { stepsOf, type Trainer } from './take-steps.ts';

/** One pass over the examples in an order drawn from `rng`; the mean loss, NaN once a batch has no finite loss. */
export async function trainEpoch(trainer: Trainer, rng: Rng): Promise<number> {
  const steps = stepsOf(trainer);
  const order = shuffledRows(trainer.examples.rowCount, rng);
  let sum = 0;
  for (let from = 0; from < order.length; from += steps.rowsPerCall) {
    sum += steps.take(order.subarray(from, from + steps.rowsPerCall));
    if (Number.isNaN(sum)) return sum;
    // The child hears that its parent is gone.
    await nextTurn();
  }
  steps.finish();
  return sum / order.length;
}

/** Fisher and Yates's shuffle of 0 to `count`. */
function shuffledRows(count: number, rng: Rng): Uint32Array {
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(rng() * (last + 1));
    [rows[last], rows[other]] = [rows[other]!, rows[last]!];
  }
  return rows;
}
