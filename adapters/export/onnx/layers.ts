import { z } from 'zod';
import { addActivation } from './activations.ts';
import type { Graph, Tensor } from './graph.ts';
import { NoExport, type Layer } from './topology.ts';

export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Weights by the names of the weights manifest: `<layer>/<weight>`. */
export type Weights = ReadonlyMap<string, Weight>;

interface LayerInGraph {
  readonly graph: Graph;
  readonly layer: Layer;
  /** [rows, n] of floats each. */
  readonly inputs: readonly Tensor[];
  readonly weights: Weights;
}

type AddLayer = (inGraph: LayerInGraph) => Tensor;

const pass: AddLayer = ({ inputs }) => inputs[0]!;
const join =
  (opType: string): AddLayer =>
  ({ graph, inputs }) =>
    inputs.slice(1).reduce((sum, next) => graph.add(opType, [sum, next]), inputs[0]!);

/** What tfjs-layers' layers do at prediction, by class. */
const layers: Readonly<Record<string, AddLayer>> = {
  Dense: addDense,
  BatchNormalization: addBatchNormalization,
  Activation: ({ graph, layer, inputs }) =>
    addActivation(graph, readConfig(layer, { activation: z.string() }).activation, inputs[0]!, layer.name),
  ReLU: addRelu,
  LeakyReLU: ({ graph, layer, inputs }) => graph.add('LeakyRelu', inputs, {}, readConfig(layer, { alpha: z.number() })),
  ELU: ({ graph, layer, inputs }) => graph.add('Elu', inputs, {}, readConfig(layer, { alpha: z.number() })),
  Softmax: ({ graph, layer, inputs }) => {
    refuseOtherAxis(layer);
    return graph.add('Softmax', inputs, { axis: 1 });
  },
  // Noise is for training alone.
  Dropout: pass,
  AlphaDropout: pass,
  GaussianDropout: pass,
  GaussianNoise: pass,
  Add: join('Add'),
  Multiply: join('Mul'),
  Maximum: join('Max'),
  Minimum: join('Min'),
  Average: (inGraph) =>
    inGraph.graph.add('Div', [join('Add')(inGraph), inGraph.graph.constant('float', [inGraph.inputs.length], [])]),
  Concatenate: ({ graph, layer, inputs }) => {
    refuseOtherAxis(layer);
    return graph.add('Concat', inputs, { axis: 1 });
  },
};

/** Throws NoExport for a layer that is not known here. */
export function addLayer(inGraph: LayerInGraph): Tensor {
  const { name, kind } = inGraph.layer;
  const add = Object.hasOwn(layers, kind) ? layers[kind] : undefined;
  if (add === undefined) throw new NoExport(`layer "${name}" is a ${kind}, which this export does not know`);
  return add(inGraph);
}

function addDense({ graph, layer, inputs, weights }: LayerInGraph): Tensor {
  const { activation, use_bias: hasBias } = readConfig(layer, { activation: z.string(), use_bias: z.boolean() });
  const kernel = addWeight(graph, layer, 'kernel', weights);
  const sums = hasBias
    ? graph.add('Gemm', [inputs[0]!, kernel, addWeight(graph, layer, 'bias', weights)])
    : graph.add('MatMul', [inputs[0]!, kernel]);
  return addActivation(graph, activation, sums, layer.name);
}

/** At prediction it is a line per column: x · scale + shift. */
function addBatchNormalization({ graph, layer, inputs, weights }: LayerInGraph): Tensor {
  refuseOtherAxis(layer);
  const shape = { epsilon: z.number(), scale: z.boolean(), center: z.boolean() };
  const { epsilon, scale, center } = readConfig(layer, shape);
  const mean = findWeight(layer, 'moving_mean', weights).values;
  const variance = findWeight(layer, 'moving_variance', weights).values;
  const gamma = scale ? findWeight(layer, 'gamma', weights).values : null;
  const beta = center ? findWeight(layer, 'beta', weights).values : null;
  const scales = mean.map((_, at) => (gamma?.[at] ?? 1) / Math.sqrt(variance[at]! + epsilon));
  const shifts = mean.map((value, at) => (beta?.[at] ?? 0) - value * scales[at]!);
  const scaled = graph.add('Mul', [inputs[0]!, graph.constant('float', scales)]);
  return graph.add('Add', [scaled, graph.constant('float', shifts)]);
}

function addRelu({ graph, layer, inputs }: LayerInGraph): Tensor {
  const { max_value: most } = readConfig(layer, { max_value: z.number().nullish() });
  const held = graph.add('Relu', inputs);
  return most == null ? held : graph.add('Min', [held, graph.constant('float', [most], [])]);
}

/** Rows of numbers have one axis that is not the rows'. */
function refuseOtherAxis(layer: Layer): void {
  const { axis = -1 } = readConfig(layer, { axis: z.number().nullish() });
  if (axis === null || axis === -1 || axis === 1) return;
  throw new NoExport(`layer "${layer.name}" (${layer.kind}) works along axis ${axis}`);
}

function addWeight(graph: Graph, layer: Layer, name: string, weights: Weights): Tensor {
  const { shape, values } = findWeight(layer, name, weights);
  return graph.constant('float', values, shape);
}

function findWeight(layer: Layer, name: string, weights: Weights): Weight {
  const weight = weights.get(`${layer.name}/${name}`);
  if (weight === undefined) throw new NoExport(`layer "${layer.name}" (${layer.kind}) has no weights named ${name}`);
  return weight;
}

/** Throws NoExport where the configuration lacks what is asked of it. */
function readConfig<Shape extends z.ZodRawShape>(layer: Layer, shape: Shape): z.infer<z.ZodObject<Shape>> {
  const parsed = z.object(shape).safeParse(layer.config);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new NoExport(`the configuration of layer "${layer.name}" (${layer.kind}) is not as expected: ${fields}`);
}
