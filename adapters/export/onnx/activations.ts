import type { Graph, Tensor } from './graph.ts';
import { NoExport } from './topology.ts';

type AddActivation = (graph: Graph, tensor: Tensor) => Tensor;

const one = (graph: Graph, value: number): Tensor => graph.constant('float', [value], []);
const simple =
  (opType: string): AddActivation =>
  (graph, tensor) =>
    graph.add(opType, [tensor]);

/** x · Φ(x), Φ being the normal distribution. */
function addGelu(graph: Graph, tensor: Tensor): Tensor {
  const inner = graph.add('Erf', [graph.add('Mul', [tensor, one(graph, Math.SQRT1_2)])]);
  const gate = graph.add('Mul', [graph.add('Add', [inner, one(graph, 1)]), one(graph, 0.5)]);
  return graph.add('Mul', [tensor, gate]);
}

/** tfjs-layers' activations by the names that it saves them under. */
const activations: Readonly<Record<string, AddActivation>> = {
  linear: (_graph, tensor) => tensor,
  relu: simple('Relu'),
  relu6: (graph, tensor) => graph.add('Clip', [tensor, one(graph, 0), one(graph, 6)]),
  sigmoid: simple('Sigmoid'),
  hard_sigmoid: (graph, tensor) => graph.add('HardSigmoid', [tensor], {}, { alpha: 0.2, beta: 0.5 }),
  tanh: simple('Tanh'),
  softmax: (graph, tensor) => graph.add('Softmax', [tensor], { axis: 1 }),
  log_softmax: (graph, tensor) => graph.add('LogSoftmax', [tensor], { axis: 1 }),
  softplus: simple('Softplus'),
  softsign: simple('Softsign'),
  elu: simple('Elu'),
  selu: simple('Selu'),
  swish: (graph, tensor) => graph.add('Mul', [tensor, graph.add('Sigmoid', [tensor])]),
  gelu: addGelu,
  mish: (graph, tensor) => graph.add('Mul', [tensor, graph.add('Tanh', [graph.add('Softplus', [tensor])])]),
};

/** Throws NoExport for an activation that is not known here. */
export function addActivation(graph: Graph, name: string, tensor: Tensor, layer: string): Tensor {
  const add = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (add === undefined)
    throw new NoExport(`layer "${layer}" has the activation ${name}, which this export does not know`);
  return add(graph, tensor);
}
