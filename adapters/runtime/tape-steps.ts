import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-node';
import { takeBatch, type Batch } from './batch.ts';
import { useFasterKernels } from './faster-kernels.ts';
import { fuseLstms } from './fused-lstm.ts';
import { lossAndSlopes } from './losses.ts';
import { loadNativeKernels } from './native-kernels.ts';
import { stepOptimizer, type Gradient } from './optimizer.ts';
import type { Steps, Trainer } from './take-steps.ts';
import { tidily } from './tidily.ts';

/** Steps in one call. */
const stepsPerCall = 16;

/** Steps over any network, differentiated by TensorFlow's tape. */
export function tapeSteps(trainer: Trainer): Steps {
  const restore = accelerate(trainer);
  const { tf, model, spec, optimizer } = trainer;
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  // The weights live here between steps.
  const weights = variables.map((variable) => variable.dataSync<'float32'>().slice());
  const assign = (): void => {
    for (const [index, variable] of variables.entries()) {
      variable.assign(tf.tensor(weights[index]!.slice(), variable.shape));
    }
  };
  const { batchSize } = spec;
  return {
    rowsPerCall: stepsPerCall * batchSize,
    take(examples, rows) {
      let sum = 0;
      for (let from = 0; from < rows.length; from += batchSize) {
        const batch = takeBatch(examples, rows.subarray(from, from + batchSize));
        const { loss, gradients } = tidily(tf, () => {
          assign();
          return differentiate(trainer, variables, batch);
        });
        sum += loss * batch.rowCount;
        if (!Number.isFinite(sum)) return Number.NaN;
        stepOptimizer(spec.optimizer, optimizer, weights, gradients, spec.learningRate);
      }
      return sum;
    },
    finish() {
      tf.tidy(assign);
      restore();
    },
  };
}

/** Puts faster ways of the same results in the place of slow ones; returns what undoes it in the network. */
function accelerate({ tf, model }: Trainer): () => void {
  const kernels = loadNativeKernels();
  useFasterKernels(tf, kernels);
  return kernels === null ? () => undefined : fuseLstms(tf, model, kernels);
}

/** The loss of a batch and its slopes by the trainable weights; null where it doesn't depend on them. */
function differentiate(trainer: Trainer, variables: Variable[], batch: Batch) {
  const { tf, spec } = trainer;
  const { value, grads } = tf.variableGrads(lossOf(trainer, batch), variables);
  const gradients = variables.map(({ name, rank }): Gradient | null => {
    const values = grads[name]?.dataSync<'float32'>();
    // Only matrices are kept small: a bias or a scale is not what overfits.
    return values === undefined ? null : { values, l2: rank > 1 ? spec.l2 : 0 };
  });
  return { loss: value.dataSync()[0]!, gradients };
}

function lossOf({ tf, model, task }: Trainer, batch: Batch): () => Scalar {
  const { rowCount, targetWidth: width, targets, rowWeights } = batch;
  const inputs = tf.tensor2d(batch.inputs, [rowCount, batch.inputWidth]);
  // The loss and its slope in one pass over a small array: as TensorFlow operations they cost more than a small network.
  const loss = tf.customGrad((tensor) => {
    const outputs = (tensor as Tensor).dataSync<'float32'>();
    const { loss: value, slopes } = lossAndSlopes({ task, width, outputs, targets }, rowWeights);
    return { value: tf.scalar(value), gradFunc: () => tf.tensor2d(slopes, [rowCount, width]) };
  });
  return () => {
    const outputs = model.apply(inputs, { training: true }) as Tensor;
    // What the layers of a user's own network ask for beside.
    return model.calculateLosses().reduce((sum, penalty) => sum.add(penalty), loss(outputs));
  };
}
