import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../adapters/runtime/load-tensorflow.ts';

/** Networks that the kernels for dense stacks don't cover. */
export function buildNet(tf: Tensorflow, name: string): LayersModel {
  const { conv2d, dense, flatten, lstm, maxPooling2d, reshape } = tf.layers;
  const end = dense({ units: 1, activation: 'sigmoid' });
  const conv = (filters: number) => conv2d({ filters, kernelSize: 3, activation: 'relu' });
  if (name === 'lstm')
    return tf.sequential({ layers: [reshape({ inputShape: [200], targetShape: [50, 4] }), lstm({ units: 16 }), end] });
  return tf.sequential({
    layers: [
      reshape({ inputShape: [784], targetShape: [28, 28, 1] }),
      conv(8),
      maxPooling2d({ poolSize: 2 }),
      conv(16),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 32, activation: 'relu' }),
      end,
    ],
  });
}
