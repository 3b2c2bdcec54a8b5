import type { BuildNetwork } from '../../../../adapters/runtime/build-network.ts';

export const build: BuildNetwork = (tf, _spec, inputs, outputs) =>
  tf.sequential({ layers: [tf.layers.dense({ units: outputs, inputShape: [inputs] })] });
