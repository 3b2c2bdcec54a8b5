import type { NamedAttrMap, NamedTensorInfoMap, Tensor, TensorInfo } from '@tensorflow/tfjs-node';
import type { Tensorflow } from './load-tensorflow.ts';
import type { NativeKernels } from './native-kernels.ts';

interface KernelArguments {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: unknown;
}

type Kernel = (call: KernelArguments) => TensorInfo | TensorInfo[];

interface NodeBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_ATTR_BOOL: number; readonly TF_FLOAT: number };
  executeSingleOutput(name: string, attributes: readonly object[], inputs: readonly TensorInfo[]): Tensor;
  readSync(dataId: object): Float32Array;
}

let replaced = false;

/**
 * Replaces what in tfjs-node is far slower than it need be, in this process, by ways of the same results: matrix products, which it runs as batches
 * of products; the slopes of a rectifier, five operations instead of one; and those of maximum pooling.
 */
export function useFasterKernels(tf: Tensorflow, kernels: NativeKernels | null): void {
  if (replaced) return;
  replaced = true;
  replace(tf, 'BatchMatMul', (own) => (call) => multiplyPlainly(call) ?? own(call));
  if (kernels !== null) replace(tf, 'MaxPoolGrad', (own) => (call) => slopesOfPooling(tf, kernels, call) ?? own(call));
  tf.registerGradient({
    kernelName: 'Relu',
    inputsToSave: ['x'],
    gradFunc: (slopes, [x]) => ({ x: () => slopesOfRectifier(tf, slopes as Tensor, x!) }),
  });
}

function replace(tf: Tensorflow, kernelName: string, make: (own: Kernel) => Kernel): void {
  const config = tf.getKernel(kernelName, 'tensorflow');
  if (config === null || config === undefined) return;
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({
    ...config,
    kernelFunc: make(config.kernelFunc as unknown as Kernel) as typeof config.kernelFunc,
  });
}

/** The plain product for matrices of numbers; null for what is more. */
function multiplyPlainly({ inputs, attrs, backend }: KernelArguments): TensorInfo | null {
  const { a, b } = inputs as { readonly a: TensorInfo; readonly b: TensorInfo };
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.dtype !== 'float32' || b.dtype !== 'float32') return null;
  const node = backend as NodeBackend;
  const { binding } = node;
  const attributes = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: attrs['transposeA'] },
    { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: attrs['transposeB'] },
  ];
  return node.executeSingleOutput('MatMul', attributes, [a, b]);
}

function slopesOfRectifier(tf: Tensorflow, slopes: Tensor, x: Tensor): Tensor {
  const node = tf.backend() as unknown as NodeBackend;
  const { binding } = node;
  return node.executeSingleOutput(
    'ReluGrad',
    [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }],
    [slopes, x],
  );
}

function slopesOfPooling(
  tf: Tensorflow,
  kernels: NativeKernels,
  { inputs, attrs, backend }: KernelArguments,
): TensorInfo | null {
  const { dy, input } = inputs as { readonly dy: TensorInfo; readonly input: TensorInfo };
  if (input.dtype !== 'float32') return null;
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes;
  const info = tf.backend_util.computePool2DInfo(input.shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
  if (info.dataFormat !== 'channelsLast') return null;
  const read = ({ dataId }: TensorInfo) => (backend as NodeBackend).readSync(dataId);
  const { top, left } = info.padInfo;
  const values = read(input);
  const result = new Float32Array(values.length);
  kernels.poolSlopes({ ...info, channels: info.inChannels, top, left, inputs: values, slopes: read(dy), result });
  return tf.tensor(result, input.shape);
}

type Shape4D = [number, number, number, number];

interface PoolAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode: 'floor' | 'round' | 'ceil';
}
