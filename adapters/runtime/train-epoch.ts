import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Variable } from '@tensorflow/tfjs-node';
import type { Rng } from '../../domain/math/rng.ts';
import type { CandidateSpec } from '../ports/model-runtime.ts';
import { stepAdam, type AdamState, type Gradient } from './adam.ts';
import { takeBatch } from './batch.ts';
import type { Examples } from './examples.ts';
import { gradientsOf, type Gradients, type Network } from './gradients.ts';

/** Steps between turns of the event loop, in which the child hears that its parent is gone. */
const stepsPerTurn = 16;

export interface Trainer extends Network {
  readonly examples: Examples;
  /** One weight a row, or null. */
  readonly rowWeights: Float32Array | null;
  readonly adam: AdamState;
}

/** One pass over the examples in an order drawn from `rng`; the mean loss, NaN once a batch has no finite loss. */
export async function trainEpoch(trainer: Trainer, rng: Rng): Promise<number> {
  const { tf, model, spec, examples, rowWeights } = trainer;
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  // The weights live here between steps.
  const weights = variables.map((variable) => variable.dataSync<'float32'>().slice());
  const findGradients = gradientsOf(trainer);
  const order = shuffledRows(examples.rowCount, rng);
  let sum = 0;
  for (let from = 0, step = 1; from < order.length; from += spec.batchSize, step += 1) {
    const rows = order.subarray(from, from + spec.batchSize);
    const { loss, slopes } = findGradients(weights, takeBatch(examples, rowWeights, rows));
    sum += loss * rows.length;
    if (!Number.isFinite(sum)) return Number.NaN;
    stepAdam(trainer.adam, weights, penalise(slopes, variables, spec), spec.learningRate);
    if (step % stepsPerTurn === 0) await nextTurn();
  }
  for (const [index, variable] of variables.entries()) {
    tf.tidy(() => variable.assign(tf.tensor(weights[index]!, variable.shape)));
  }
  return sum / order.length;
}

/** Only matrices are kept small: a bias or a scale is not what overfits. */
function penalise(
  slopes: Gradients['slopes'],
  variables: readonly Variable[],
  { l2 }: CandidateSpec,
): readonly (Gradient | null)[] {
  return slopes.map((values, index) => (values === null ? null : { values, l2: variables[index]!.rank > 1 ? l2 : 0 }));
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
