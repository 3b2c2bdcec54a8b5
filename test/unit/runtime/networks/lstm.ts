import type { BuildNetwork } from '../../../../adapters/runtime/build-network.ts';

/** Takes the inputs as a sequence of one number a step. */
export const build: BuildNetwork = (tf, _spec, inputs, outputs) => {
  const seeded = (seed: number) => tf.initializers.glorotUniform({ seed });
  return tf.sequential({
    layers: [
      tf.layers.reshape({ inputShape: [inputs], targetShape: [inputs, 1] }),
      tf.layers.lstm({ units: 4, kernelInitializer: seeded(1), recurrentInitializer: seeded(2) }),
      tf.layers.dense({ units: outputs, activation: 'sigmoid', kernelInitializer: seeded(3) }),
    ],
  });
};
