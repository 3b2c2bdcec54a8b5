import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayersModel, Optimizer, Scalar, SymbolicTensor, Tensor } from '@tensorflow/tfjs-node';
import { findDenseStack } from '../../../adapters/runtime/dense-stack.ts';
import { denseSteps } from '../../../adapters/runtime/dense-steps.ts';
import type { Examples } from '../../../adapters/runtime/examples.ts';
import { loadTensorflow } from '../../../adapters/runtime/load-tensorflow.ts';
import { loadNativeKernels } from '../../../adapters/runtime/native-kernels.ts';
import { readWeights, writeWeights } from '../../../adapters/runtime/network.ts';
import { createOptimizerState } from '../../../adapters/runtime/optimizer.ts';
import type { Steps, Trainer } from '../../../adapters/runtime/take-steps.ts';
import { tapeSteps } from '../../../adapters/runtime/tape-steps.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { OptimizerName } from '../../../domain/project.ts';
import type { Task } from '../../../domain/task.ts';
import { jobIn } from './jobs.ts';

const tf = loadTensorflow();
const kernels = loadNativeKernels()!;
const { candidate } = jobIn('', 'ring', {});

const lastActivation = { binary: 'sigmoid', multiclass: 'softmax', regression: 'linear' } as const;
/** With their default constants; a user of tfjs-node would write the same. */
const shipped: Readonly<Record<OptimizerName, (rate: number) => Optimizer>> = {
  adam: (rate) => tf.train.adam(rate),
  momentum: (rate) => tf.train.momentum(rate, 0.9),
  rmsprop: (rate) => tf.train.rmsprop(rate),
};

interface Case {
  readonly task: Task;
  readonly optimizer: OptimizerName;
  readonly hidden: readonly { readonly units: number; readonly activation: 'relu' | 'tanh' | 'sigmoid' }[];
  readonly inputWidth: number;
  readonly outputs: number;
  readonly batchSize: number;
  readonly seed: number;
}

const rowCount = 90;
const learningRate = 0.001;
const l2 = 0.01;

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    task: fc.constantFrom<Task>('binary', 'multiclass', 'regression'),
    optimizer: fc.constantFrom<OptimizerName>('adam', 'momentum', 'rmsprop'),
    hidden: fc.array(
      fc.record({
        units: fc.integer({ min: 1, max: 70 }),
        activation: fc.constantFrom('relu' as const, 'tanh' as const, 'sigmoid' as const),
      }),
      { maxLength: 3 },
    ),
    inputWidth: fc.integer({ min: 1, max: 40 }),
    classes: fc.integer({ min: 3, max: 20 }),
    batchSize: fc.integer({ min: 5, max: 50 }),
    seed: fc.nat(),
  })
  .map(({ classes, ...rest }) => ({ ...rest, outputs: rest.task === 'multiclass' ? classes : 1 }));

function drawExamples({ task, inputWidth, outputs, seed }: Case): Examples {
  const rng = createRng(seed);
  const targets = new Float32Array(rowCount * outputs);
  for (let row = 0; row < rowCount; row += 1) {
    if (task === 'multiclass') targets[row * outputs + Math.floor(rng() * outputs)] = 1;
    else targets[row] = task === 'binary' ? Math.round(rng()) : 3 * rng();
  }
  const inputs = Float32Array.from({ length: rowCount * inputWidth }, () => 4 * rng() - 2);
  return { rowCount, inputWidth, inputs, targetWidth: outputs, targets };
}

function denseModel({ task, hidden, inputWidth, outputs, seed }: Case): LayersModel {
  const sizes = [...hidden, { units: outputs, activation: lastActivation[task] }];
  return tf.sequential({
    layers: sizes.map(({ units, activation }, index) =>
      tf.layers.dense({
        units,
        activation,
        kernelInitializer: tf.initializers.glorotUniform({ seed: seed + index + 1 }),
        ...(index === 0 && { inputShape: [inputWidth] }),
      }),
    ),
  });
}

/** Half of the rows weigh twice as much. */
const rowWeights = Float32Array.from({ length: rowCount }, (_, row) => 1 + (row % 2));

function trainerOf(one: Case, model: LayersModel): Trainer {
  const { task, optimizer, batchSize } = one;
  return {
    tf,
    model,
    task,
    spec: { ...candidate, optimizer, batchSize, learningRate, l2 },
    examples: drawExamples(one),
    rowWeights,
    optimizer: createOptimizerState(model.trainableWeights.map((weight) => weight.read().dataSync<'float32'>())),
  };
}

const order = Uint32Array.from({ length: rowCount }, (_, row) => (row * 37) % rowCount);

/** Weights after two passes over all rows. */
function weightsAfter(model: LayersModel, steps: Steps): Float32Array[] {
  for (let pass = 0; pass < 2; pass += 1) steps.take(order);
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
function weightsAsShipped(one: Case, model: LayersModel): Float32Array[] {
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
function difference(left: readonly Float32Array[], right: readonly Float32Array[]): number {
  return Math.max(
    ...left.map((values, index) => {
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0.1);
      return values.reduce((most, value, i) => Math.max(most, Math.abs(value - right[index]![i]!)), 0) / scale;
    }),
  );
}

/**
 * A rectifier's kink and Adam's division can make a whole step of one rounding. Where tfjs-node's own path ends elsewhere when it begins
 * one rounding away, its weights are no measure of another path.
 */
function isMeasure(
  one: Case,
  model: LayersModel,
  initial: readonly Float32Array[],
  asShipped: readonly Float32Array[],
) {
  const rng = createRng(1);
  const moved = initial.map((values) => values.map((value) => value + (rng() - 0.5) * 2e-7));
  writeWeights(tf, model, moved);
  return difference(asShipped, weightsAsShipped(one, model)) < 3e-6;
}

function trainEachWay(one: Case) {
  const model = denseModel(one);
  const initial = readWeights(model);
  const asShipped = weightsAsShipped(one, model);
  const isSteady = isMeasure(one, model, initial, asShipped);
  writeWeights(tf, model, initial);
  const native = weightsAfter(model, denseSteps(trainerOf(one, model), findDenseStack(model, one.task)!, kernels));
  writeWeights(tf, model, initial);
  const taped = weightsAfter(model, tapeSteps(trainerOf(one, model)));
  model.dispose();
  return { initial, asShipped, isSteady, native, taped };
}

describe('the kernels for dense stacks', () => {
  it('train to the weights of the shipped optimizer, as the tape does', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const { initial, asShipped, isSteady, native, taped } = trainEachWay(one);
        fc.pre(isSteady);
        expect(difference(native, initial)).toBeGreaterThan(1e-4);
        expect(difference(asShipped, native)).toBeLessThan(1e-5);
        expect(difference(asShipped, taped)).toBeLessThan(1e-5);
      }),
      { numRuns: 30, seed: 7, endOnFailure: true },
    );
  });

  const ring: Case = {
    task: 'binary',
    optimizer: 'adam',
    hidden: [{ units: 8, activation: 'relu' }],
    inputWidth: 4,
    outputs: 1,
    batchSize: 16,
    seed: 3,
  };

  it('say that the loss is no number any more, and leave no tensor behind', () => {
    const before = tf.memory().numTensors;
    const model = denseModel(ring);
    const trainer = trainerOf(ring, model);
    const stack = findDenseStack(model, 'binary')!;
    const steps = denseSteps({ ...trainer, spec: { ...trainer.spec, learningRate: 1e38 } }, stack, kernels);
    expect(steps.take(order)).toBeNaN();
    steps.finish();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuse rows that there are not, and arrays that are too short', () => {
    const model = denseModel(ring);
    const stack = findDenseStack(model, 'binary')!;
    const trainer = trainerOf(ring, model);
    expect(() => denseSteps(trainer, stack, kernels).take(Uint32Array.of(rowCount))).toThrow('a row that there isn');
    const { examples } = trainer;
    const short = { ...trainer, examples: { ...examples, inputs: examples.inputs.subarray(1) } };
    expect(() => denseSteps(short, stack, kernels).take(order)).toThrow('inputs');
    model.dispose();
  });
});

describe('a network is left to the tape', () => {
  const { dense, dropout } = tf.layers;
  const inputShape = [3];
  const end = () => dense({ units: 1, activation: 'sigmoid' });
  it.each([
    ['with a layer that is not dense', [dense({ units: 2, inputShape }), dropout({ rate: 0.1 }), end()]],
    ['without a bias', [dense({ units: 2, inputShape, useBias: false }), end()]],
    ['with a regularizer of its own', [dense({ units: 2, inputShape, kernelRegularizer: 'l1l2' }), end()]],
    ['with an activation that the kernels lack', [dense({ units: 2, inputShape, activation: 'selu' }), end()]],
    ['with a softmax on the way', [dense({ units: 2, inputShape, activation: 'softmax' }), end()]],
    ['with a layer that is not to be trained', [dense({ units: 2, inputShape, trainable: false }), end()]],
    ['that does not end as its task does', [dense({ units: 1, inputShape })]],
  ])('%s', (_, layers) => {
    const model = tf.sequential({ layers });
    expect(findDenseStack(model, 'binary')).toBeNull();
    model.dispose();
  });

  it('that is no sequence', () => {
    const input = tf.input({ shape: inputShape });
    const model = tf.model({ inputs: input, outputs: end().apply(input) as SymbolicTensor });
    expect(findDenseStack(model, 'binary')).toBeNull();
    model.dispose();
  });
});
