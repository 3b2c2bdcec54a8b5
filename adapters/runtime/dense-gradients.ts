import type { Tensor2D } from '@tensorflow/tfjs-node';
import type { Batch } from './batch.ts';
import type { FindGradients, Network } from './gradients.ts';
import { lossAndSlopes } from './losses.ts';
import { tidily } from './tidily.ts';

interface Layer {
  readonly kernel: Tensor2D;
  readonly bias: Float32Array;
  readonly units: number;
}

/** What a layer takes and what it gave, its activation applied. */
interface Pass {
  readonly inputs: Tensor2D;
  readonly outputs: Float32Array;
}

/**
 * Gradients of the dense stack by backpropagation written out. TensorFlow multiplies and sums, a dozen operations a step; what goes
 * element by element is done here. Its tape takes forty operations for the same bits, and most of a step of a
 * small network is what an operation costs by itself.
 */
export function denseGradients(network: Network): FindGradients {
  const { tf, model, task } = network;
  const shapes = model.trainableWeights.map(({ shape }) => shape as number[]);
  return (weights, batch) =>
    tidily(tf, () => {
      const layers = layersOf(network, shapes, weights);
      const passes = goForward(network, layers, batch);
      const { targetWidth: width, targets, rowWeights } = batch;
      const { outputs } = passes.at(-1)!;
      const { loss, slopes } = lossAndSlopes({ task, width, outputs, targets }, rowWeights);
      const bySums = slopesBySums(network, { width, outputs, slopes });
      return { loss: Math.fround(loss), slopes: goBack(network, layers, passes, bySums) };
    });
}

/** Weights come as the kernel and the bias of each layer in turn. */
function layersOf({ tf }: Network, shapes: readonly number[][], weights: readonly Float32Array[]): Layer[] {
  return Array.from({ length: weights.length / 2 }, (_, layer) => {
    const [inputs, units] = shapes[2 * layer] as [number, number];
    return { kernel: tf.tensor2d(weights[2 * layer]!, [inputs, units]), bias: weights[2 * layer + 1]!, units };
  });
}

function goForward(network: Network, layers: readonly Layer[], { rowCount, inputWidth, ...batch }: Batch): Pass[] {
  const { tf } = network;
  const passes: Pass[] = [];
  let inputs = tf.tensor2d(batch.inputs, [rowCount, inputWidth]);
  for (const [index, { kernel, bias, units }] of layers.entries()) {
    const sums = tf.matMul(inputs, kernel).dataSync<'float32'>();
    addBias(sums, bias);
    if (index === layers.length - 1) passes.push({ inputs, outputs: finish(network, sums, units) });
    else {
      rectify(sums);
      passes.push({ inputs, outputs: sums });
      inputs = tf.tensor2d(sums, [rowCount, units]);
    }
  }
  return passes;
}

/** Slopes by each layer's kernel and bias, given those by the last layer's sums. */
function goBack(
  { tf }: Network,
  layers: readonly Layer[],
  passes: readonly Pass[],
  bySums: Float32Array,
): Float32Array[] {
  const found: Float32Array[] = [];
  let slopes = bySums;
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const { kernel, units } = layers[index]!;
    const tensor = tf.tensor2d(slopes, [slopes.length / units, units]);
    const byKernel = tf.matMul(passes[index]!.inputs, tensor, true, false).dataSync<'float32'>();
    found.unshift(byKernel, tf.sum(tensor, 0).dataSync<'float32'>());
    if (index === 0) break;
    slopes = tf.matMul(tensor, kernel, false, true).dataSync<'float32'>();
    stopAtRectified(slopes, passes[index - 1]!.outputs);
  }
  return found;
}

function addBias(sums: Float32Array, bias: Float32Array): void {
  const units = bias.length;
  for (let from = 0; from < sums.length; from += units) {
    for (let unit = 0; unit < units; unit += 1) sums[from + unit] = sums[from + unit]! + bias[unit]!;
  }
}

/** NaN passes: that the training diverged must show. */
function rectify(sums: Float32Array): void {
  for (let i = 0; i < sums.length; i += 1) if (sums[i]! <= 0) sums[i] = 0;
}

function stopAtRectified(slopes: Float32Array, outputs: Float32Array): void {
  for (let i = 0; i < slopes.length; i += 1) slopes[i] = slopes[i]! * (outputs[i]! > 0 ? 1 : 0);
}

/** The last layer's activation. */
function finish({ tf, task }: Network, sums: Float32Array, units: number): Float32Array {
  if (task === 'regression') return sums;
  const tensor = tf.tensor2d(sums, [sums.length / units, units]);
  return (task === 'binary' ? tf.sigmoid(tensor) : tf.softmax(tensor)).dataSync<'float32'>();
}

interface Outputs {
  readonly width: number;
  readonly outputs: Float32Array;
  readonly slopes: Float32Array;
}

/** From slopes by the outputs to slopes by what the last activation took. */
function slopesBySums({ tf, task }: Network, { width, outputs, slopes }: Outputs): Float32Array {
  if (task === 'regression') return slopes;
  if (task === 'binary')
    return slopes.map((slope, i) => slope * Math.fround(outputs[i]! * Math.fround(1 - outputs[i]!)));
  const p = tf.tensor2d(outputs, [outputs.length / width, width]);
  const weighed = tf.mul(tf.tensor2d(slopes, [outputs.length / width, width]), p);
  return tf.sub(weighed, tf.mul(tf.sum(weighed, -1, true), p)).dataSync<'float32'>();
}
