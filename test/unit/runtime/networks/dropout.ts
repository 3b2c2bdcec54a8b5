import type { BuildNetwork } from '../../../../adapters/runtime/build-network.ts';

/** Every layer unseeded, and a normalisation that keeps weights of its own. */
export const build: BuildNetwork = (tf, spec, inputs, outputs) =>
  tf.sequential({
    layers: [
      tf.layers.dense({ units: spec.hiddenUnits[0] ?? 8, activation: 'tanh', inputShape: [inputs] }),
      tf.layers.batchNormalization(),
      tf.layers.dropout({ rate: 0.1 }),
      tf.layers.dense({
        units: outputs,
        activation: 'sigmoid',
        kernelRegularizer: tf.regularizers.l2({ l2: 1e-4 }),
      }),
    ],
  });
