import { createOptimizerState } from './optimizer.ts';
import { loadTensorflow } from './load-tensorflow.ts';
import { tapeSteps } from './tape-steps.ts';

/** Trains a small convolutional network for some steps and tells the parent the processor time that the median step took. */
const rowCount = 128;
const [height, width] = [28, 28];
const steps = 7;

// Nobody waits for the answer any more.
process.once('disconnect', () => process.exit(1));

const tf = loadTensorflow();
const { conv2d, dense, flatten, maxPooling2d, reshape } = tf.layers;
const model = tf.sequential({
  layers: [
    reshape({ inputShape: [height * width], targetShape: [height, width, 1] }),
    conv2d({ filters: 8, kernelSize: 3, activation: 'relu' }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 32, activation: 'relu' }),
    dense({ units: 1, activation: 'sigmoid' }),
  ],
});
const inputs = Float32Array.from({ length: rowCount * height * width }, (_, i) => Math.sin(i));
const targets = Float32Array.from({ length: rowCount }, (_, row) => row % 2);
const weights = model.trainableWeights.map((weight) => weight.read().dataSync<'float32'>());
const taken = tapeSteps({
  tf,
  model,
  task: 'binary',
  spec: {
    id: 'settings',
    hiddenUnits: [],
    window: 'all',
    optimizer: 'adam',
    learningRate: 0.001,
    batchSize: rowCount,
    maxEpochs: 1,
    patience: 1,
    l2: 0,
    classWeights: false,
    buildModule: null,
  },
  optimizer: createOptimizerState(weights),
});
const examples = { rowCount, inputWidth: height * width, inputs, targetWidth: 1, targets, rowWeights: null };
const order = Uint32Array.from({ length: rowCount }, (_, row) => row);
const times: number[] = [];
for (let step = 0; step < steps; step += 1) {
  // Not the time on the wall: the machine may be busy.
  const before = process.cpuUsage();
  taken.take(examples, order);
  const { user, system } = process.cpuUsage(before);
  times.push((user + system) / 1e6);
}
process.send?.(times.sort((a, b) => a - b)[Math.floor(steps / 2)]!, () => process.exit(0));
