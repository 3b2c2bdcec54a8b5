import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Task } from '../../domain/task.ts';

/** Codes of native/dense_steps.h. */
const activationCodes: Readonly<Record<string, number>> = { linear: 0, relu: 1, sigmoid: 2, tanh: 3, softmax: 4 };
const lastActivations: Readonly<Record<Task, string>> = {
  binary: 'sigmoid',
  multiclass: 'softmax',
  regression: 'linear',
};

/** A network of nothing but dense layers, one after another. */
export interface DenseStack {
  /** Inputs of the first layer, then outputs of each. */
  readonly widths: Uint32Array;
  readonly activations: Uint32Array;
}

interface DenseConfig {
  readonly units: number;
  readonly activation: string;
  readonly useBias: boolean;
}

/** Settings of a dense layer that ask for more than sums and an activation. */
const askingForMore = [
  'kernelRegularizer',
  'biasRegularizer',
  'activityRegularizer',
  'kernelConstraint',
  'biasConstraint',
] as const;

/** The network as a plain dense stack that ends as its task does; null where it is anything else. */
export function findDenseStack(model: LayersModel, task: Task): DenseStack | null {
  if (model.getClassName() !== 'Sequential') return null;
  const layers = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
  const configs = layers.map(readDense).filter((config) => config !== null);
  const inner = configs.slice(0, -1);
  const isStack =
    configs.length === layers.length &&
    inner.every(({ activation }) => activation !== 'softmax') &&
    configs.at(-1)?.activation === lastActivations[task];
  if (!isStack) return null;
  return {
    widths: Uint32Array.from([model.inputs[0]!.shape.at(-1)!, ...configs.map(({ units }) => units)]),
    activations: Uint32Array.from(configs, ({ activation }) => activationCodes[activation]!),
  };
}

/** Null where the layer is not dense, or more than sums and an activation that the kernels have. */
function readDense(layer: LayersModel['layers'][number]): DenseConfig | null {
  if (layer.getClassName() !== 'Dense' || !layer.trainable) return null;
  const config = layer.getConfig() as unknown as DenseConfig & Record<string, unknown>;
  const isPlain = config.useBias && askingForMore.every((setting) => (config[setting] ?? null) === null);
  return isPlain && Object.hasOwn(activationCodes, config.activation) ? config : null;
}
