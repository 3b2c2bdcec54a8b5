import { describe, expect, it } from 'vitest';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { loadTensorflow } from '../../../adapters/runtime/load-tensorflow.ts';
import { readWeights, writeWeights } from '../../../adapters/runtime/network.ts';
import { tapeSteps } from '../../../adapters/runtime/tape-steps.ts';
import {
  difference,
  drawExamples,
  order,
  trainerOf,
  weightsAfter,
  weightsAsShipped,
  type Case,
} from './shipped-training.ts';

const tf = loadTensorflow();
const { conv2d, dense, dropout, flatten, gru, lstm, maxPooling2d, reshape, batchNormalization } = tf.layers;

type Layers = LayersModel['layers'];

const inputShape = [48];
let seed = 0;
const kernelInitializer = () => tf.initializers.glorotUniform({ seed: (seed += 1) });
const recurrentInitializer = kernelInitializer;
const seeds = () => ({ kernelInitializer: kernelInitializer(), recurrentInitializer: recurrentInitializer() });
const image = () => reshape({ inputShape, targetShape: [6, 4, 2] });
const sequence = () => reshape({ inputShape, targetShape: [12, 4] });
const end = () => dense({ units: 1, activation: 'sigmoid', kernelInitializer: kernelInitializer() });
const conv = () =>
  conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu', kernelInitializer: kernelInitializer() });
const relu = (units: number, shape = {}) =>
  dense({ units, activation: 'relu', kernelInitializer: kernelInitializer(), ...shape });

const networks: readonly (readonly [string, () => Layers])[] = [
  ['dense layers and a normalisation', () => [relu(9, { inputShape }), batchNormalization(), end()]],
  ['convolutions and a pooling', () => [image(), conv(), maxPooling2d({ poolSize: 2 }), flatten(), end()]],
  [
    'a pooling whose windows overlap',
    () => [image(), conv(), maxPooling2d({ poolSize: 3, strides: 1 }), flatten(), end()],
  ],
  [
    'a padded pooling',
    () => [image(), maxPooling2d({ poolSize: [3, 2], strides: 2, padding: 'same' }), conv(), flatten(), relu(5), end()],
  ],
  ['an LSTM', () => [sequence(), lstm({ units: 5, ...seeds() }), end()]],
  [
    'two LSTMs with logistic gates',
    () => [
      sequence(),
      lstm({ units: 5, returnSequences: true, recurrentActivation: 'sigmoid', ...seeds() }),
      lstm({ units: 3, recurrentActivation: 'sigmoid', ...seeds() }),
      end(),
    ],
  ],
  ['an LSTM that is not covered', () => [sequence(), lstm({ units: 5, activation: 'relu', ...seeds() }), end()]],
  ['a GRU', () => [sequence(), gru({ units: 5, ...seeds() }), end()]],
];

function caseOf(optimizer: Case['optimizer']): Case {
  return { task: 'binary', optimizer, inputWidth: 48, outputs: 1, batchSize: 30, seed: 5 };
}

interface Expectation {
  readonly name: string;
  readonly model: LayersModel;
  readonly one: Case;
  readonly initial: readonly Float32Array[];
  readonly asShipped: readonly Float32Array[];
}

// All of them before any kernel of this process is replaced.
const expectations = networks.map(([name, layers], index): Expectation => {
  const model = tf.sequential({ layers: layers() });
  const one = caseOf((['adam', 'momentum', 'rmsprop'] as const)[index % 3]!);
  const initial = readWeights(model);
  return { name, model, one, initial, asShipped: weightsAsShipped(one, model) };
});

describe('the tape trains to the weights of the shipped optimizer', () => {
  it.each(expectations)('a network with $name', ({ model, one, initial, asShipped }) => {
    writeWeights(tf, model, initial);
    const taped = weightsAfter(one, model, tapeSteps(trainerOf(one, model)));
    expect(difference(taped, initial)).toBeGreaterThan(1e-4);
    expect(difference(asShipped, taped)).toBeLessThan(1e-5);
  });

  it('and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const model = tf.sequential({ layers: [sequence(), lstm({ units: 2 }), dropout({ rate: 0.1 }), end()] });
    const one = caseOf('adam');
    tapeSteps(trainerOf(one, model)).take(drawExamples(one), order);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
