import type { LayersModel, Tensor } from '@tensorflow/tfjs-node';
import type { Tensorflow } from './load-tensorflow.ts';
import { tidily } from './tidily.ts';

/** Rows a native call: large enough to be fast, small enough for memory. */
const chunkRows = 4_096;

/** Outputs of a network for row-major inputs, in one flat array. */
export function runNetwork(tf: Tensorflow, model: LayersModel, inputs: Float32Array, inputWidth: number): Float32Array {
  const rows = inputs.length / inputWidth;
  const parts: Float32Array[] = [];
  for (let from = 0; from < rows; from += chunkRows) {
    const to = Math.min(rows, from + chunkRows);
    const part = inputs.subarray(from * inputWidth, to * inputWidth);
    parts.push(
      tidily(tf, () =>
        (model.predictOnBatch(tf.tensor2d(part, [to - from, inputWidth])) as Tensor).dataSync<'float32'>(),
      ),
    );
  }
  return concat(parts);
}

function concat(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Copies of all weights, trainable or not. */
export function readWeights(model: LayersModel): Float32Array[] {
  return model.getWeights().map((weight) => weight.dataSync<'float32'>().slice());
}

/** Puts weights back that `readWeights` gave. */
export function writeWeights(tf: Tensorflow, model: LayersModel, weights: readonly Float32Array[]): void {
  tf.tidy(() => {
    const shapes = model.getWeights().map(({ shape }) => shape);
    model.setWeights(weights.map((values, index) => tf.tensor(values.slice(), shapes[index])));
  });
}
