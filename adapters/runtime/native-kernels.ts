import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What native/binding.cc takes: arrays of the weights and of the optimizer's state are changed in place. */
export interface DenseRequest {
  /** Inputs of the first layer, then outputs of each. */
  readonly widths: Uint32Array;
  /** Codes of native/dense_steps.h, one a layer. */
  readonly activations: Uint32Array;
  /** Kernel and bias of each layer in turn. */
  readonly weights: readonly Float32Array[];
  readonly firstSlots: readonly Float32Array[];
  readonly secondSlots: readonly Float32Array[];
  readonly task: number;
  readonly optimizer: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly stepsBefore: number;
  readonly rowCount: number;
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  readonly rowWeights: Float32Array | null;
  /** Rows to take, `count` of them, `batchSize` a step. */
  readonly order: Uint32Array;
  readonly count: number;
  readonly batchSize: number;
}

/** A product of two matrices, each as it lies in memory (row-major) or turned over; `result` is filled. */
export interface ProductRequest {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly aTransposed: boolean;
  readonly bTransposed: boolean;
  /** The result has rows × columns; sums run over `inner`. */
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly result: Float32Array;
}

/** Maximum pooling of images whose channels come last; `result` is filled with the slopes by the inputs. */
export interface PoolRequest {
  readonly batchSize: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly channels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  /** Rows and columns that padding puts before the first. */
  readonly top: number;
  readonly left: number;
  readonly inputs: Float32Array;
  /** By the outputs. */
  readonly slopes: Float32Array;
  readonly result: Float32Array;
}

export interface NativeKernels {
  /** Instruction sets that this processor runs, the best first, which is in use. */
  readonly available: readonly string[];
  /** Goes on with another of them. */
  readonly use: (instructions: string) => void;
  /** Sum over the rows of their batch's mean loss; what is no finite number ended the call early. */
  readonly trainDense: (request: DenseRequest) => number;
  readonly multiply: (request: ProductRequest) => void;
  readonly poolSlopes: (request: PoolRequest) => void;
  /** One dense layer over the first rows; the plan says where in the memory its numbers lie (adapters/engine/dense-kernel.ts). */
  readonly denseRows: (memory: Float32Array, plan: Uint32Array, rows: number) => void;
  /** Curves over the first rows of their values, each into every `width`-th input (adapters/engine/curves.ts). */
  readonly readCurves: (
    values: Float64Array,
    inputs: Float32Array,
    pairs: Float64Array,
    starts: Uint16Array,
    plan: Float64Array,
    width: number,
    rows: number,
  ) => void;
  /** A file's content, whose pages all processes share; what is written to it stays this process's own. Not for an empty file. */
  readonly map: (path: string) => ArrayBuffer;
  /** Lets a mapped file go; the buffer and its views are empty afterwards. */
  readonly unmap: (buffer: ArrayBuffer) => void;
}

const require = createRequire(import.meta.url);
const addon = fileURLToPath(new URL('../../node_modules/.incumbent/dense.node', import.meta.url));
let loaded: NativeKernels | null | undefined;

/** The addon that set-up built beside the node modules; null where it could not be built. `INCUMBENT_KERNELS` chooses otherwise. */
export function loadNativeKernels(): NativeKernels | null {
  if (loaded === undefined) loaded = openKernels(addon, process.env['INCUMBENT_KERNELS'] ?? '');
  return loaded;
}

/** An addon's kernels; `choice` names an instruction set, `none` goes without, and empty leaves the best. */
export function openKernels(path: string, choice: string): NativeKernels | null {
  const kernels = choice === 'none' ? null : requireOrNull(path);
  if (kernels === null || choice === '') return kernels;
  if (!kernels.available.includes(choice)) {
    const right = [...kernels.available, 'none'].join(', ');
    throw new Error(`INCUMBENT_KERNELS is "${choice}", but this processor has: ${right}`);
  }
  kernels.use(choice);
  return kernels;
}

/** An addon that is not there, or not for this system, costs speed and nothing else. */
function requireOrNull(path: string): NativeKernels | null {
  try {
    return require(path) as NativeKernels;
  } catch {
    return null;
  }
}
