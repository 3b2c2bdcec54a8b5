import type { LayersModel, Optimizer, Scalar, Tensor } from '@tensorflow/tfjs-node';
import type { Examples } from '../../../adapters/runtime/examples.ts';
import { loadTensorflow } from '../../../adapters/runtime/load-tensorflow.ts';
import { readWeights } from '../../../adapters/runtime/network.ts';
import { createOptimizerState } from '../../../adapters/runtime/optimizer.ts';
import type { Steps, Trainer } from '../../../adapters/runtime/take-steps.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { OptimizerName } from '../../../domain/project.ts';
import type { Task } from '../../../domain/task.ts';
import { jobIn } from './jobs.ts';

const tf = loadTensorflow();
const { candidate } = jobIn('', 'ring', {});

/** With their default constants; a user of tfjs-node would write the same. */
const shipped: Readonly<Record<OptimizerName, (rate: number) => Optimizer>> = {
  adam: (rate) => tf.train.adam(rate),
  momentum: (rate) => tf.train.momentum(rate, 0.9),
  rmsprop: (rate) => tf.train.rmsprop(rate),
};

export interface Case {
  readonly task: Task;
  readonly optimizer: OptimizerName;
  readonly inputWidth: number;
  readonly outputs: number;
  readonly batchSize: number;
  readonly seed: number;
}

export const rowCount = 90;
const learningRate = 0.001;
const l2 = 0.01;

/** Half of the rows weigh twice as much. */
const rowWeights = Float32Array.from({ length: rowCount }, (_, row) => 1 + (row % 2));

export function drawExamples({ task, inputWidth, outputs, seed }: Case): Examples {
  const rng = createRng(seed);
  const targets = new Float32Array(rowCount * outputs);
  for (let row = 0; row < rowCount; row += 1) {
    if (task === 'multiclass') targets[row * outputs + Math.floor(rng() * outputs)] = 1;
    else targets[row] = task === 'binary' ? Math.round(rng()) : 3 * rng();
  }
  const inputs = Float32Array.from({ length: rowCount * inputWidth }, () => 4 * rng() - 2);
  return { rowCount, inputWidth, inputs, targetWidth: outputs, targets, rowWeights };
}

export function trainerOf(one: Case, model: LayersModel): Trainer {
  const { task, optimizer, batchSize } = one;
  return {
    tf,
    model,
    task,
    spec: { ...candidate, optimizer, batchSize, learningRate, l2 },
    optimizer: createOptimizerState(model.trainableWeights.map((weight) => weight.read().dataSync<'float32'>())),
  };
}

export const order = Uint32Array.from({ length: rowCount }, (_, row) => (row * 37) % rowCount);

/** Weights after two passes over all rows. */
export function weightsAfter(one: Case, model: LayersModel, steps: Steps): Float32Array[] {
  const examples = drawExamples(one);
  for (let pass = 0; pass < 2; pass += 1) steps.take(examples, order);
  steps.finish();
  return readWeights(model);
}

function lossTensor({ task }: Case, outputs: Tensor, targets: Tensor, weights: Tensor): Scalar {
  if (task === 'regression') return outputs.sub(targets).square().sum(1).mul(weights).mean<Scalar>();
  const p = outputs.clipByValue(1e-7, 1 - 1e-7);
  const right = targets.mul(p.log());
  const each = task === 'binary' ? right.add(tf.sub(1, targets).mul(tf.sub(1, p).log())) : right;
  return each.sum(1).mul(weights).mean<Scalar>().neg();
}

function kernelsOf(model: LayersModel): Tensor[] {
  return model.trainableWeights.map((weight) => weight.read()).filter(({ rank }) => rank > 1);
}

/** The same passes by tfjs-node's own loss operations and its optimizer. */
export function weightsAsShipped(one: Case, model: LayersModel): Float32Array[] {
  const { inputs, targets, inputWidth, targetWidth } = drawExamples(one);
  const optimizer = shipped[one.optimizer](learningRate);
  for (let pass = 0; pass < 2; pass += 1) {
    for (let from = 0; from < rowCount; from += one.batchSize) {
      tf.tidy(() => {
        const rows = tf.tensor1d(Int32Array.from(order.subarray(from, from + one.batchSize)), 'int32');
        const [x, y] = [tf.tensor2d(inputs, [rowCount, inputWidth]), tf.tensor2d(targets, [rowCount, targetWidth])];
        optimizer.minimize(() => {
          const answer = model.apply(x.gather(rows), { training: true }) as Tensor;
          const loss = lossTensor(one, answer, y.gather(rows), tf.tensor1d(rowWeights).gather(rows));
          return kernelsOf(model).reduce<Scalar>((sum, kernel) => sum.add(kernel.square().sum().mul(l2)), loss);
        });
      });
    }
  }
  optimizer.dispose();
  return readWeights(model);
}

/** Largest difference, relative to the largest weight of the array (or of a fresh one). */
export function difference(left: readonly Float32Array[], right: readonly Float32Array[]): number {
  return Math.max(
    ...left.map((values, index) => {
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0.1);
      return values.reduce((most, value, i) => Math.max(most, Math.abs(value - right[index]![i]!)), 0) / scale;
    }),
  );
}
