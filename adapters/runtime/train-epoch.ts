import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LayersModel, Scalar, Tensor, Variable } from '@tensorflow/tfjs-node';
import type { Rng } from '../../domain/math/rng.ts';
import type { Task } from '../../domain/task.ts';
import type { CandidateSpec } from '../ports/model-runtime.ts';
import { stepAdam, type AdamState, type Gradient } from './adam.ts';
import type { Examples } from './examples.ts';
import type { Tensorflow } from './load-tensorflow.ts';
import { lossAndSlopes } from './losses.ts';

/** Steps between turns of the event loop, in which the child hears that its parent is gone. */
const stepsPerTurn = 16;

export interface Trainer {
  readonly tf: Tensorflow;
  readonly model: LayersModel;
  readonly task: Task;
  readonly spec: CandidateSpec;
  readonly examples: Examples;
  /** One weight a row, or null. */
  readonly rowWeights: Float32Array | null;
  readonly adam: AdamState;
}

/** One pass over the examples in an order drawn from `rng`; the mean loss, NaN once a batch has no finite loss. */
export async function trainEpoch(trainer: Trainer, rng: Rng): Promise<number> {
  const { model, spec, examples } = trainer;
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  // The weights live here between steps; the network's variables are written from them.
  const weights = variables.map((variable) => variable.dataSync<'float32'>().slice());
  const order = shuffledRows(examples.rowCount, rng);
  let sum = 0;
  for (let from = 0, step = 1; from < order.length; from += spec.batchSize, step += 1) {
    const rows = order.subarray(from, from + spec.batchSize);
    sum += trainStep(trainer, variables, weights, rows) * rows.length;
    if (!Number.isFinite(sum)) return Number.NaN;
    if (step % stepsPerTurn === 0) await nextTurn();
  }
  return sum / order.length;
}

function trainStep(trainer: Trainer, variables: Variable[], weights: Float32Array[], rows: Uint32Array): number {
  const { tf, spec, adam } = trainer;
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(lossOf(trainer, rows), variables);
    const gradients = variables.map((variable): Gradient | null => {
      const gradient = grads[variable.name];
      if (gradient == null) return null;
      // Only matrices are kept small: a bias or a scale is not what overfits.
      return { values: gradient.dataSync<'float32'>(), l2: variable.rank > 1 ? spec.l2 : 0 };
    });
    stepAdam(adam, weights, gradients, spec.learningRate);
    for (const [index, variable] of variables.entries()) {
      if (gradients[index]) variable.assign(tf.tensor(weights[index]!.slice(), variable.shape));
    }
    return value.dataSync()[0]!;
  });
}

function lossOf({ tf, model, task, examples, rowWeights }: Trainer, rows: Uint32Array): () => Scalar {
  const width = examples.targetWidth;
  const inputs = tf.tensor2d(gather(examples.inputs, examples.inputWidth, rows), [rows.length, examples.inputWidth]);
  const targets = gather(examples.targets, width, rows);
  const weights = rowWeights === null ? null : gather(rowWeights, 1, rows);
  // The loss and its slope in one pass over a small array: as TensorFlow operations they cost more than a small network.
  const loss = tf.customGrad((tensor) => {
    const outputs = (tensor as Tensor).dataSync<'float32'>();
    const { loss: value, slopes } = lossAndSlopes({ task, width, outputs, targets }, weights);
    return { value: tf.scalar(value), gradFunc: () => tf.tensor2d(slopes, [rows.length, width]) };
  });
  return () => {
    const outputs = model.apply(inputs, { training: true }) as Tensor;
    // What the layers of a user's own network ask for beside; the dense stack's ask for nothing.
    return model.calculateLosses().reduce((sum, penalty) => sum.add(penalty), loss(outputs));
  };
}

function gather(source: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const batch = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i += 1) {
    const from = rows[i]! * width;
    for (let column = 0; column < width; column += 1) batch[i * width + column] = source[from + column]!;
  }
  return batch;
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
