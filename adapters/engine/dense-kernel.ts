import type { NativeKernels } from '../runtime/native-kernels.ts';
import {
  compileModule,
  ifTrue,
  instantiate,
  moduleOf,
  op,
  repeatWhile,
  whileTrue,
  type Code,
  type WasmFunction,
  type WasmMemory,
} from './wasm.ts';

/** Outputs of a layer are padded to a multiple of this, so that no vector is cut. */
const padding = 8;
const lanes = 4;
const vectorBytes = 16;

/** Parameters and locals of the kernel by their index; pointers and strides are in bytes. */
const local = { x: 0, xStride: 1, w: 2, bias: 3, y: 4, yStride: 5, rows: 6, inputs: 7, units: 8, isRectified: 9 };
const own = { unit: 10, weight: 11, end: 12, wStride: 13, rowPointers: 14 } as const;
const tileRows = 4;
const firstVector = own.rowPointers + tileRows;
const accumulators = 8;
const weightVectors = firstVector + accumulators;
const splat = weightVectors + 2;

export interface DenseCall {
  /** Byte offsets into the memory. */
  readonly x: number;
  readonly weights: number;
  readonly bias: number;
  readonly y: number;
  /** Floats from one row to the next. */
  readonly xStride: number;
  readonly inputs: number;
  /** As padded; also the stride of the outputs. */
  readonly units: number;
  readonly isRectified: boolean;
}

/** Answers the first rows of a layer's inputs. */
export type RunLayer = (rows: number) => void;

/** Fewer rows than this are answered sooner than native code is called. */
export const fewestNativeRows = 8;

/** A layer's outputs as the kernel lays them out. */
export function padUnits(units: number): number {
  return Math.ceil(units / padding) * padding;
}

/**
 * y = max(0, x · w + bias) or without the max, for rows of floats, in vectors of four: four rows by eight outputs at a time, what
 * remains row by row. Single precision, as TensorFlow's. Many rows are answered by native code where there is any, in wider vectors and
 * to the same bit.
 */
export function createDenseKernel(
  memory: WasmMemory,
  kernels: Pick<NativeKernels, 'denseRows'> | null,
): (call: DenseCall) => RunLayer {
  compiled ??= compileModule(moduleOf(describeKernel()));
  const { dense } = instantiate(compiled, memory) as { dense: (...args: readonly number[]) => void };
  return (call) => {
    const { x, weights, bias, y, xStride, inputs, units, isRectified } = call;
    const run: RunLayer = (rows) =>
      dense(x, xStride * 4, weights, bias, y, units * 4, rows, inputs, units, Number(isRectified));
    if (kernels === null) return run;
    const floats = new Float32Array(memory.buffer);
    const plan = planLayer(call);
    return (rows) => (rows < fewestNativeRows ? run(rows) : kernels.denseRows(floats, plan, rows));
  };
}

/** In the order that native/bind_rows.cc names, in floats. */
function planLayer({ x, weights, bias, y, xStride, inputs, units, isRectified }: DenseCall): Uint32Array {
  return Uint32Array.of(x / 4, xStride, weights / 4, bias / 4, y / 4, inputs, units, Number(isRectified));
}

let compiled: object | undefined;

function describeKernel(): WasmFunction {
  return {
    name: 'dense',
    parameters: 10,
    integerLocals: 4 + tileRows,
    vectorLocals: accumulators + 3,
    body: [
      assign(own.wStride, [op.get(local.units), op.i32(2), op.shiftLeft]),
      whileTrue([op.i32(tileRows), op.get(local.rows), op.isAtMost], [overUnits(tileRows, 2), advance(tileRows)]),
      whileTrue([op.i32(1), op.get(local.rows), op.isAtMost], [overSingleRow(), advance(1)]),
    ],
  };
}

function assign(to: number, value: Code): Code {
  return [value, op.set(to)];
}

function increase(what: number, by: Code): Code {
  return assign(what, [op.get(what), by, op.add]);
}

/** The next rows, of which so many fewer remain. */
function advance(rows: number): Code {
  const stride = (of: number): Code => [op.get(of), op.i32(rows), op.multiply];
  return [
    increase(local.x, stride(local.xStride)),
    increase(local.y, stride(local.yStride)),
    assign(local.rows, [op.get(local.rows), op.i32(rows), op.subtract]),
  ];
}

function overUnits(rows: number, vectors: number): Code {
  return [assign(own.unit, op.i32(0)), whileUnits(rows, vectors)];
}

/** As many outputs at once as there are accumulators, then eight by eight. */
function overSingleRow(): Code {
  return [overUnits(1, accumulators), whileUnits(1, 2)];
}

function whileUnits(rows: number, vectors: number): Code {
  const after: Code = [op.get(own.unit), op.i32(vectors * lanes), op.add];
  return whileTrue([after, op.get(local.units), op.isAtMost], [tile(rows, vectors), assign(own.unit, after)]);
}

const accumulator = (row: number, vector: number, vectors: number): number => firstVector + row * vectors + vector;
const unitBytes: Code = [op.get(own.unit), op.i32(2), op.shiftLeft];

function each(count: number, make: (index: number) => Code): Code {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Some rows by some vectors of outputs, summed over all inputs. */
function tile(rows: number, vectors: number): Code {
  const pointer = (row: number): number => own.rowPointers + row;
  const begin: Code = [
    each(rows, (row) =>
      assign(pointer(row), [op.get(local.x), op.get(local.xStride), op.i32(row), op.multiply, op.add]),
    ),
    assign(own.weight, [op.get(local.w), unitBytes, op.add]),
    assign(own.end, [op.get(local.x), op.get(local.inputs), op.i32(2), op.shiftLeft, op.add]),
    each(rows * vectors, (index) =>
      assign(firstVector + index, [
        [op.get(local.bias), unitBytes, op.add],
        op.loadVector((index % vectors) * vectorBytes),
      ]),
    ),
  ];
  const addInput: Code = [
    rows === 1 ? addToOneRow(vectors) : addToRows(rows, vectors, pointer),
    increase(own.weight, op.get(own.wStride)),
    each(rows, (row) => increase(pointer(row), op.i32(4))),
  ];
  return [begin, repeatWhile(addInput, [op.get(pointer(0)), op.get(own.end), op.isLess]), finish(rows, vectors)];
}

function addToOneRow(vectors: number): Code {
  const product = (vector: number): Code => [
    [op.get(own.weight), op.loadVector(vector * vectorBytes)],
    op.get(splat),
    op.multiplyVectors,
  ];
  return [
    assign(splat, [op.get(own.rowPointers), op.loadSplat]),
    each(vectors, (vector) => addTo(accumulator(0, vector, vectors), product(vector))),
  ];
}

function addToRows(rows: number, vectors: number, pointer: (row: number) => number): Code {
  return [
    each(vectors, (vector) =>
      assign(weightVectors + vector, [op.get(own.weight), op.loadVector(vector * vectorBytes)]),
    ),
    each(rows, (row) => [
      assign(splat, [op.get(pointer(row)), op.loadSplat]),
      each(vectors, (vector) =>
        addTo(accumulator(row, vector, vectors), [op.get(weightVectors + vector), op.get(splat), op.multiplyVectors]),
      ),
    ]),
  ];
}

function addTo(sum: number, product: Code): Code {
  return assign(sum, [op.get(sum), product, op.addVectors]);
}

function finish(rows: number, vectors: number): Code {
  const rectify = each(rows * vectors, (index) =>
    assign(firstVector + index, [op.get(firstVector + index), op.zeroVector, op.maxOfVectors]),
  );
  const store = each(rows * vectors, (index) => [
    [op.get(local.y), op.get(local.yStride), op.i32(Math.floor(index / vectors)), op.multiply, op.add],
    [unitBytes, op.add],
    op.get(firstVector + index),
    op.storeVector((index % vectors) * vectorBytes),
  ]);
  return [ifTrue(op.get(local.isRectified), rectify), store];
}
