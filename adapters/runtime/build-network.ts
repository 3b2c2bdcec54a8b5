import { pathToFileURL } from 'node:url';
import type { LayersModel, Sequential } from '@tensorflow/tfjs-node';
import type { Rng } from '../../domain/math/rng.ts';
import type { Task } from '../../domain/task.ts';
import type { CandidateSpec } from '../ports/model-runtime.ts';
import type { Tensorflow } from './load-tensorflow.ts';
import { TrainingError } from './training-error.ts';

export interface NetworkShape {
  readonly task: Task;
  readonly inputs: number;
  readonly outputs: number;
}

/** What a user's module exports as `build`. Binary ends in a sigmoid, multiclass in a softmax, regression in a linear layer. */
export type BuildNetwork = (
  tf: Tensorflow,
  spec: CandidateSpec,
  inputs: number,
  outputs: number,
) => LayersModel | Promise<LayersModel>;

/** The candidate's network, freshly initialised: the user's own, or a stack of dense layers. */
export async function buildNetwork(
  tf: Tensorflow,
  spec: CandidateSpec,
  shape: NetworkShape,
  rng: Rng,
): Promise<LayersModel> {
  if (spec.buildModule === null) return buildDenseStack(tf, spec, shape, rng);
  const fail = (what: string, cause?: unknown) =>
    new TrainingError('build-failed', `The network of candidate "${spec.id}" (${spec.buildModule}) ${what}`, { cause });
  const build = await importBuild(spec.buildModule, fail);
  let model: LayersModel;
  try {
    model = await build(tf, spec, shape.inputs, shape.outputs);
  } catch (cause) {
    throw fail(`could not be built: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  checkNetwork(model, shape, fail);
  return model;
}

type Fail = (what: string, cause?: unknown) => TrainingError;

async function importBuild(path: string, fail: Fail): Promise<BuildNetwork> {
  let module: { readonly build?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as typeof module;
  } catch (cause) {
    throw fail(`could not be imported: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (typeof module.build !== 'function') throw fail('exports no function build(tf, spec, inputs, outputs)');
  return module.build as BuildNetwork;
}

function checkNetwork(model: LayersModel, { inputs, outputs }: NetworkShape, fail: Fail): void {
  if (typeof model?.predictOnBatch !== 'function' || !Array.isArray(model.outputs)) {
    throw fail('was not returned as a tf.LayersModel: return tf.sequential(...) or tf.model(...)');
  }
  const found = [model.inputs, model.outputs].map((ends) =>
    ends.map(({ shape }) => shape.slice(1).join('×')).join(', '),
  );
  if (found[0] === String(inputs) && found[1] === String(outputs)) return;
  throw fail(`takes ${found[0]} inputs and gives ${found[1]} outputs, but must take ${inputs} and give ${outputs}`);
}

function buildDenseStack(
  tf: Tensorflow,
  spec: CandidateSpec,
  { task, inputs, outputs }: NetworkShape,
  rng: Rng,
): Sequential {
  const seed = () => Math.floor(rng() * 2 ** 31);
  const hidden = spec.hiddenUnits.map((units, index) =>
    tf.layers.dense({
      name: `hidden_${index + 1}`,
      units,
      activation: 'relu',
      kernelInitializer: tf.initializers.heNormal({ seed: seed() }),
      ...(index === 0 ? { inputShape: [inputs] } : {}),
    }),
  );
  const output = tf.layers.dense({
    name: 'output',
    units: outputs,
    activation: ({ binary: 'sigmoid', multiclass: 'softmax', regression: 'linear' } as const)[task],
    kernelInitializer: tf.initializers.glorotUniform({ seed: seed() }),
    ...(hidden.length === 0 ? { inputShape: [inputs] } : {}),
  });
  return tf.sequential({ name: 'dense_stack', layers: [...hidden, output] });
}
