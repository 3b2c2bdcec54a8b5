import type { Variable } from '@tensorflow/tfjs-node';
import type { OptimizerName } from '../../domain/project.ts';
import type { Task } from '../../domain/task.ts';
import type { DenseStack } from './dense-stack.ts';
import type { NativeKernels } from './native-kernels.ts';
import type { Steps, Trainer } from './take-steps.ts';

/** Codes of native/dense_steps.h. */
const taskCodes: Readonly<Record<Task, number>> = { binary: 0, multiclass: 1, regression: 2 };
const optimizerCodes: Readonly<Record<OptimizerName, number>> = { adam: 0, momentum: 1, rmsprop: 2 };

/** Multiplications in one call: some hundredths of a second. */
const multiplicationsPerCall = 5e8;

/**
 * Steps over a dense stack by native/dense_steps.cc. Of a step of a small network by TensorFlow, most is what an operation costs by
 * itself, and there are a dozen for each layer; here a step is one pass over arrays that stay in the processor's cache.
 */
export function denseSteps(trainer: Trainer, { widths, activations }: DenseStack, kernels: NativeKernels): Steps {
  const { tf, model, task, spec, optimizer } = trainer;
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const weights = variables.map((variable) => variable.dataSync<'float32'>().slice());
  const { batchSize } = spec;
  const multiplications = 3 * weights.reduce((sum, { length }) => sum + length, 0) * batchSize;
  const common = {
    widths,
    activations,
    weights,
    firstSlots: optimizer.firstSlots,
    secondSlots: optimizer.secondSlots,
    task: taskCodes[task],
    optimizer: optimizerCodes[spec.optimizer],
    learningRate: spec.learningRate,
    l2: spec.l2,
    batchSize,
  };
  return {
    rowsPerCall: Math.max(1, Math.floor(multiplicationsPerCall / multiplications)) * batchSize,
    take({ rowCount, inputs, targets, rowWeights }, order) {
      const taken = { rowCount, inputs, targets, rowWeights, order, count: order.length };
      const sum = kernels.trainDense({ ...common, ...taken, stepsBefore: optimizer.step });
      optimizer.step += Math.ceil(order.length / batchSize);
      return Number.isFinite(sum) ? sum : Number.NaN;
    },
    finish() {
      for (const [index, variable] of variables.entries()) {
        tf.tidy(() => variable.assign(tf.tensor(weights[index]!.slice(), variable.shape)));
      }
    },
  };
}
