import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Task } from '../../domain/task.ts';
import type { CandidateSpec } from '../ports/model-runtime.ts';
import { denseSteps } from './dense-steps.ts';
import { findDenseStack } from './dense-stack.ts';
import type { Examples } from './examples.ts';
import type { Tensorflow } from './load-tensorflow.ts';
import { loadNativeKernels } from './native-kernels.ts';
import type { OptimizerState } from './optimizer.ts';
import { tapeSteps } from './tape-steps.ts';

export interface Trainer {
  readonly tf: Tensorflow;
  readonly model: LayersModel;
  readonly task: Task;
  readonly spec: CandidateSpec;
  /** Of the trainable weights; changed in place. */
  readonly optimizer: OptimizerState;
}

/** How a network is trained; the weights live in its variables again after `finish`. */
export interface Steps {
  /** Rows that one call should take, so that the event loop gets its turn in time: whole batches. */
  readonly rowsPerCall: number;
  /** Takes these rows of the examples in batches; the sum over the rows of their batch's mean loss, NaN once a batch has no finite loss. */
  take(examples: Examples, rows: Uint32Array): number;
  finish(): void;
}

/** A plain dense stack is trained by kernels of our own, any other network by TensorFlow's tape. */
export function stepsOf(trainer: Trainer): Steps {
  const kernels = loadNativeKernels();
  const stack = kernels === null ? null : findDenseStack(trainer.model, trainer.task);
  return kernels === null || stack === null ? tapeSteps(trainer) : denseSteps(trainer, stack, kernels);
}
