import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Task } from '../../domain/task.ts';
import type { CandidateSpec } from '../ports/model-runtime.ts';
import type { Batch } from './batch.ts';
import { denseGradients } from './dense-gradients.ts';
import type { Tensorflow } from './load-tensorflow.ts';
import { tapeGradients } from './tape-gradients.ts';

/** The loss of a batch and its slopes by the trainable weights, in their order; null where it doesn't depend on them. */
export interface Gradients {
  readonly loss: number;
  readonly slopes: readonly (Float32Array | null)[];
}

export type FindGradients = (weights: readonly Float32Array[], batch: Batch) => Gradients;

export interface Network {
  readonly tf: Tensorflow;
  readonly model: LayersModel;
  readonly task: Task;
  readonly spec: CandidateSpec;
}

/** How the loss of this network is differentiated: the dense stack by its own formula, a user's network by TensorFlow's tape. */
export function gradientsOf(network: Network): FindGradients {
  return network.spec.buildModule === null ? denseGradients(network) : tapeGradients(network);
}
