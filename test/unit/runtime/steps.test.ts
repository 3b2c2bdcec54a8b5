import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import { findDenseStack } from '../../../adapters/runtime/dense-stack.ts';
import { denseSteps } from '../../../adapters/runtime/dense-steps.ts';
import { loadTensorflow } from '../../../adapters/runtime/load-tensorflow.ts';
import { loadNativeKernels } from '../../../adapters/runtime/native-kernels.ts';
import { readWeights, writeWeights } from '../../../adapters/runtime/network.ts';
import { createRng } from '../../../domain/math/rng.ts';
import type { OptimizerName } from '../../../domain/project.ts';
import type { Task } from '../../../domain/task.ts';
import {
  difference,
  drawExamples,
  order,
  rowCount,
  trainerOf,
  weightsAfter,
  weightsAsShipped,
  type Case,
} from './shipped-training.ts';

const tf = loadTensorflow();
const kernels = loadNativeKernels()!;

const lastActivation = { binary: 'sigmoid', multiclass: 'softmax', regression: 'linear' } as const;

interface DenseCase extends Case {
  readonly hidden: readonly { readonly units: number; readonly activation: 'relu' | 'tanh' | 'sigmoid' }[];
}

const anyCase: fc.Arbitrary<DenseCase> = fc
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

function denseModel({ task, hidden, inputWidth, outputs, seed }: DenseCase): LayersModel {
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

function trainBothWays(one: DenseCase) {
  const model = denseModel(one);
  const initial = readWeights(model);
  const asShipped = weightsAsShipped(one, model);
  const isSteady = isMeasure(one, model, initial, asShipped);
  writeWeights(tf, model, initial);
  const native = weightsAfter(one, model, denseSteps(trainerOf(one, model), findDenseStack(model, one.task)!, kernels));
  model.dispose();
  return { initial, asShipped, isSteady, native };
}

describe('the kernels for dense stacks', () => {
  afterEach(() => kernels.use(kernels.available[0]!));

  it.each(kernels.available)('train to the weights of the shipped optimizer on %s instructions', (instructions) => {
    kernels.use(instructions);
    fc.assert(
      fc.property(anyCase, (one) => {
        const { initial, asShipped, isSteady, native } = trainBothWays(one);
        fc.pre(isSteady);
        expect(difference(native, initial)).toBeGreaterThan(1e-4);
        expect(difference(asShipped, native)).toBeLessThan(1e-5);
      }),
      { numRuns: instructions === kernels.available[0] ? 20 : 10, seed: 7, endOnFailure: true },
    );
  });

  const ring: DenseCase = {
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
    expect(steps.take(drawExamples(ring), order)).toBeNaN();
    steps.finish();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuse rows that there are not, and arrays that are too short', () => {
    const model = denseModel(ring);
    const stack = findDenseStack(model, 'binary')!;
    const trainer = trainerOf(ring, model);
    const steps = denseSteps(trainer, stack, kernels);
    const examples = drawExamples(ring);
    expect(() => steps.take(examples, Uint32Array.of(rowCount))).toThrow('a row that there isn');
    expect(() => steps.take({ ...examples, inputs: examples.inputs.subarray(1) }, order)).toThrow('inputs');
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
