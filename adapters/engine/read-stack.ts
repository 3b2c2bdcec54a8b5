import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPackageFile } from '../runtime/model-package.ts';

/** Activations that are applied after the sums of a layer. */
export type Activation = 'linear' | 'relu' | 'sigmoid' | 'tanh' | 'elu' | 'softmax';

/** One dense layer, as its package stores it. */
export interface StackLayer {
  readonly inputs: number;
  readonly units: number;
  readonly activation: Activation;
  /** Row-major, a row for each input. */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** Why a package is left to TensorFlow; in words for its operator. */
export class NotCompilable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotCompilable';
  }
}

const activations: readonly string[] = ['linear', 'relu', 'sigmoid', 'tanh', 'elu', 'softmax'] satisfies Activation[];
/** Larger networks gain nothing over TensorFlow, and would hold up whatever else the process does. */
const mostWeights = 2_000_000;

interface Topology {
  readonly modelTopology: {
    readonly model_config?: TopologyConfig;
    readonly class_name?: string;
    readonly config?: TopologyConfig['config'];
  };
  readonly weightsManifest: readonly { readonly weights: readonly WeightSpec[] }[];
}

interface TopologyConfig {
  readonly class_name: string;
  readonly config: { readonly layers: readonly TopologyLayer[] };
}

interface TopologyLayer {
  readonly class_name: string;
  readonly config: {
    readonly name: string;
    readonly units?: number;
    readonly activation?: string;
    readonly use_bias?: boolean;
  };
}

interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** The dense layers of a package's network. Throws NotCompilable where it is anything else. */
export async function readStack(packageDirectory: string): Promise<readonly StackLayer[]> {
  const topology = await readPackageFile<Topology>(packageDirectory, 'model.json');
  const weights = await readWeights(packageDirectory, topology);
  const layers = layersOf(topology).flatMap((layer) => toStackLayer(layer, weights) ?? []);
  const total = layers.reduce((sum, { kernel }) => sum + kernel.length, 0);
  if (layers.length === 0) throw new NotCompilable('its network has no dense layer');
  if (total > mostWeights) throw new NotCompilable(`its network has ${total} weights, ${mostWeights} are compiled`);
  return layers;
}

function layersOf({ modelTopology }: Topology): readonly TopologyLayer[] {
  const model = modelTopology.model_config ?? (modelTopology as TopologyConfig);
  if (model.class_name !== 'Sequential') throw new NotCompilable(`its network is no stack but a ${model.class_name}`);
  return model.config.layers;
}

/** Null for a layer that only matters while training. */
function toStackLayer({ class_name, config }: TopologyLayer, weights: Weights): StackLayer | null {
  if (class_name === 'InputLayer' || class_name === 'Dropout') return null;
  if (class_name !== 'Dense') throw new NotCompilable(`its network has a layer "${class_name}"`);
  const { name, activation = 'linear', use_bias: hasBias = true } = config;
  if (!activations.includes(activation)) throw new NotCompilable(`its network has the activation "${activation}"`);
  const { shape, values } = weights.get(`${name}/kernel`);
  const [inputs = 0, units = 0] = shape;
  const bias = hasBias ? weights.get(`${name}/bias`).values : new Float32Array(units);
  return { inputs, units, activation: activation as Activation, kernel: values, bias };
}

interface Weights {
  get(name: string): { readonly shape: readonly number[]; readonly values: Float32Array };
}

async function readWeights(directory: string, { weightsManifest }: Topology): Promise<Weights> {
  const bytes = new Uint8Array(await readFile(join(directory, 'weights.bin'))).buffer;
  const found = new Map<string, { readonly shape: readonly number[]; readonly values: Float32Array }>();
  let offset = 0;
  for (const { name, shape, dtype } of weightsManifest.flatMap(({ weights }) => weights)) {
    if (dtype !== 'float32') throw new NotCompilable(`its weights "${name}" are ${dtype}`);
    const length = shape.reduce((size, n) => size * n, 1);
    if (offset + 4 * length > bytes.byteLength) throw new NotCompilable('its weights are cut short');
    found.set(name, { shape, values: new Float32Array(bytes, offset, length) });
    offset += 4 * length;
  }
  return {
    get(name) {
      const weight = found.get(name);
      if (weight === undefined) throw new NotCompilable(`its weights have no "${name}"`);
      return weight;
    },
  };
}
