import type { LayersModel, Tensor, Tensor3D } from '@tensorflow/tfjs-node';
import type { Tensorflow } from './load-tensorflow.ts';
import type { NativeKernels } from './native-kernels.ts';
import { createLstm, type LstmSizes } from './lstm-steps.ts';

type Layer = LayersModel['layers'][number];

interface LstmConfig extends Record<string, unknown> {
  readonly units: number;
  readonly returnSequences: boolean;
}

/** Settings under which the fused form computes what the layer does. */
const covered: Readonly<Record<string, readonly unknown[]>> = {
  activation: ['tanh'],
  recurrentActivation: ['hardSigmoid', 'sigmoid'],
  useBias: [true],
  dropout: [0],
  recurrentDropout: [0],
  returnState: [false],
  goBackwards: [false],
  stateful: [false],
};

interface Cell {
  readonly kernel: { read(): Tensor };
  readonly recurrentKernel: { read(): Tensor };
  readonly bias: { read(): Tensor };
}

/**
 * Lets the LSTM layers of a network run as one operation each, forward and back, where their settings allow it: by TensorFlow every time step
 * takes a hundred operations. Returns what puts the layers' own way back.
 */
export function fuseLstms(tf: Tensorflow, model: LayersModel, kernels: NativeKernels): () => void {
  const fused = model.layers.filter(isCovered);
  for (const layer of fused) layer.call = callFused(tf, layer, kernels);
  return () => {
    // The method of its class shows again.
    for (const layer of fused) delete (layer as Partial<Layer>).call;
  };
}

function isCovered(layer: Layer): boolean {
  if (layer.getClassName() !== 'LSTM') return false;
  const config = layer.getConfig() as LstmConfig;
  return Object.entries(covered).every(([name, values]) => values.includes(config[name]));
}

function callFused(tf: Tensorflow, layer: Layer, kernels: NativeKernels): Layer['call'] {
  const own = layer.call.bind(layer);
  const { units, returnSequences, recurrentActivation } = layer.getConfig() as LstmConfig;
  const { cell } = layer as unknown as { readonly cell: Cell };
  return (inputs, kwargs) => {
    const tensors = Array.isArray(inputs) ? inputs : [inputs];
    const isPlain =
      tensors.length === 1 && (kwargs['mask'] ?? null) === null && (kwargs['initialState'] ?? null) === null;
    if (!isPlain) return own(inputs, kwargs);
    const [input] = tensors as [Tensor3D];
    const [rows, steps, width] = input.shape;
    const sizes: LstmSizes = {
      rows,
      steps,
      inputs: width,
      units,
      returnSequences,
      isHard: recurrentActivation === 'hardSigmoid',
    };
    return runFused(tf, sizes, kernels, [input, cell.kernel.read(), cell.recurrentKernel.read(), cell.bias.read()]);
  };
}

function runFused(tf: Tensorflow, sizes: LstmSizes, kernels: NativeKernels, tensors: Tensor[]): Tensor {
  const { rows, steps, units, returnSequences } = sizes;
  const run = tf.customGrad((...args) => {
    // The last one is the tape's own.
    const taken = args.slice(0, tensors.length) as Tensor[];
    const shapes = taken.map(({ shape }) => shape);
    const [inputs, kernel, recurrent, bias] = taken.map((tensor) => tensor.dataSync<'float32'>());
    const lstm = createLstm(sizes, { kernel: kernel!, recurrent: recurrent!, bias: bias! }, kernels);
    const outputs = lstm.forward(inputs!);
    return {
      value: tf.tensor(outputs, returnSequences ? [rows, steps, units] : [rows, units]),
      gradFunc: (slopes) => lstm.back(slopes.dataSync<'float32'>()).map((one, index) => tf.tensor(one, shapes[index])),
    };
  });
  return run(...tensors);
}
