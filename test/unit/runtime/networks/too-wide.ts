import type { BuildNetwork } from '../../../../adapters/runtime/build-network.ts';

export const build: BuildNetwork = (tf, _spec, inputs) =>
  tf.sequential({ layers: [tf.layers.dense({ units: 5, inputShape: [inputs] })] });
