import { readFile } from 'node:fs/promises';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { createOptimizerState } from '../../adapters/runtime/optimizer.ts';
import { inMemory } from '../../adapters/runtime/example-source.ts';
import type { Examples } from '../../adapters/runtime/examples.ts';
import { loadTensorflow, type Tensorflow } from '../../adapters/runtime/load-tensorflow.ts';
import { stepsOf, type Trainer } from '../../adapters/runtime/take-steps.ts';
import { trainEpoch } from '../../adapters/runtime/train-epoch.ts';
import { tensorflowSettings } from '../../adapters/runtime/tensorflow-settings.ts';
import { createRng } from '../../domain/math/rng.ts';
import { startClock } from '../clock.ts';
import { buildNet } from '../nets.ts';
import type { Task } from '../task.ts';

const learningRate = 0.001;

/** Epochs over a stack of dense layers from given weights, after some steps to warm up. */
export const trainDense: Task = async (folder = '', widths = '', epochs = '1', batchSize = '128') => {
  const tf = loadTensorflow();
  const sizes = widths.split('-').map(Number);
  const model = tf.sequential({
    layers: sizes.slice(1).map((units, index) =>
      tf.layers.dense({
        units,
        activation: index === sizes.length - 2 ? 'sigmoid' : 'relu',
        ...(index === 0 && { inputShape: [sizes[0]!] }),
      }),
    ),
  });
  const initial = await readFloats(`${folder}/weights.f32`);
  setWeights(tf, model, initial);
  const examples = await readExamples(folder, sizes[0]!);
  const trainer = trainerOf(tf, model, Number(batchSize));
  stepsOf(trainer).take(
    examples,
    Uint32Array.from({ length: Math.min(examples.rowCount, 2 * Number(batchSize)) }, (_, i) => i),
  );
  setWeights(tf, model, initial);
  const again = trainerOf(tf, model, Number(batchSize));
  const rng = createRng(1);
  const stop = startClock();
  let loss = Number.NaN;
  for (let epoch = 0; epoch < Number(epochs); epoch += 1) loss = await trainEpoch(again, inMemory(examples), rng);
  return { ...stop(), loss };
};

/** Two epochs of a convolutional or recurrent network, by the tape with what we replace in it. */
export const trainTape: Task = async (folder = '', net = '') => {
  const { environment } = await tensorflowSettings();
  Object.assign(process.env, environment);
  const tf = loadTensorflow();
  const model = buildNet(tf, net);
  const examples = await readExamples(folder, model.inputs[0]!.shape[1]!);
  const trainer = trainerOf(tf, model, 128);
  stepsOf(trainer).take(
    examples,
    Uint32Array.from({ length: 256 }, (_, i) => i),
  );
  const rng = createRng(1);
  const stop = startClock();
  const source = inMemory(examples);
  await trainEpoch(trainer, source, rng);
  const loss = await trainEpoch(trainer, source, rng);
  return { ...stop(), loss };
};

/** The same by tfjs-node as it is shipped: its own `fit`, its own settings. */
export const trainShipped: Task = async (folder = '', net = '') => {
  process.env['TF_ENABLE_ONEDNN_OPTS'] = '1';
  const tf = loadTensorflow();
  const model = buildNet(tf, net);
  model.compile({ optimizer: tf.train.adam(learningRate), loss: 'binaryCrossentropy' });
  const { inputs, inputWidth, targets, rowCount } = await readExamples(folder, model.inputs[0]!.shape[1]!);
  const [x, y] = [tf.tensor2d(inputs, [rowCount, inputWidth]), tf.tensor2d(targets, [rowCount, 1])];
  const fit = (rows: number, epochs: number) =>
    model.fit(x.slice([0, 0], [rows, inputWidth]), y.slice([0, 0], [rows, 1]), { batchSize: 128, epochs, verbose: 0 });
  await fit(256, 1);
  const stop = startClock();
  const { history } = await fit(rowCount, 2);
  return { ...stop(), loss: history['loss']!.at(-1)! };
};

function trainerOf(tf: Tensorflow, model: LayersModel, batchSize: number): Trainer {
  const spec = {
    id: 'bench',
    hiddenUnits: [],
    window: 'all',
    optimizer: 'adam',
    learningRate,
    batchSize,
    maxEpochs: 1,
    patience: 1,
    l2: 0,
    classWeights: false,
    buildModule: null,
  } as const;
  const weights = model.trainableWeights.map((weight) => weight.read().dataSync<'float32'>());
  return { tf, model, task: 'binary', spec, optimizer: createOptimizerState(weights) };
}

async function readFloats(path: string): Promise<Float32Array> {
  const bytes = new Uint8Array(await readFile(path));
  return new Float32Array(bytes.buffer);
}

async function readExamples(folder: string, inputWidth: number): Promise<Examples> {
  const [inputs, targets] = [await readFloats(`${folder}/inputs.f32`), await readFloats(`${folder}/targets.f32`)];
  return { rowCount: targets.length, inputWidth, inputs, targetWidth: 1, targets, rowWeights: null };
}

function setWeights(tf: Tensorflow, model: LayersModel, flat: Float32Array): void {
  let at = 0;
  tf.tidy(() => {
    const weights = model.getWeights().map(({ shape, size }) => tf.tensor(flat.slice(at, (at += size)), shape));
    model.setWeights(weights);
  });
}
