import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-node';
import type { Batch } from './batch.ts';
import type { FindGradients, Network } from './gradients.ts';
import { lossAndSlopes } from './losses.ts';
import { tidily } from './tidily.ts';

/** Gradients of any network, by TensorFlow's tape. Writes the weights into the network's variables. */
export function tapeGradients(network: Network): FindGradients {
  const { tf, model } = network;
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  return (weights, batch) =>
    tidily(tf, () => {
      for (const [index, variable] of variables.entries()) {
        variable.assign(tf.tensor(weights[index]!.slice(), variable.shape));
      }
      const { value, grads } = tf.variableGrads(lossOf(network, batch), variables);
      const slopes = variables.map(({ name }) => grads[name]?.dataSync<'float32'>() ?? null);
      return { loss: value.dataSync()[0]!, slopes };
    });
}

function lossOf({ tf, model, task }: Network, batch: Batch): () => Scalar {
  const { rowCount, targetWidth: width, targets, rowWeights } = batch;
  const inputs = tf.tensor2d(batch.inputs, [rowCount, batch.inputWidth]);
  // The loss and its slope in one pass over a small array: as TensorFlow operations they cost more than a small network.
  const loss = tf.customGrad((tensor) => {
    const outputs = (tensor as Tensor).dataSync<'float32'>();
    const { loss: value, slopes } = lossAndSlopes({ task, width, outputs, targets }, rowWeights);
    return { value: tf.scalar(value), gradFunc: () => tf.tensor2d(slopes, [rowCount, width]) };
  });
  return () => {
    const outputs = model.apply(inputs, { training: true }) as Tensor;
    // What the layers of a user's own network ask for beside.
    return model.calculateLosses().reduce((sum, penalty) => sum.add(penalty), loss(outputs));
  };
}
