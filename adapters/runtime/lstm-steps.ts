import type { NativeKernels } from './native-kernels.ts';

export interface LstmSizes {
  readonly rows: number;
  readonly steps: number;
  readonly inputs: number;
  readonly units: number;
  readonly returnSequences: boolean;
  /** Gates are clip(x / 5 + 1/2) rather than logistic. */
  readonly isHard: boolean;
}

export interface LstmWeights {
  /** inputs × 4 units: input gate, forget gate, cell, output gate. */
  readonly kernel: Float32Array;
  /** units × 4 units. */
  readonly recurrent: Float32Array;
  readonly bias: Float32Array;
}

export interface Lstm {
  /** Inputs are rows × steps × inputs; the outputs of the last step, or of all. */
  forward(inputs: Float32Array): Float32Array;
  /** From slopes by the outputs to those by inputs, kernel, recurrent kernel and bias. */
  back(slopes: Float32Array): readonly Float32Array[];
}

/**
 * Hochreiter and Schmidhuber's long short-term memory (1997) with a forget gate, as Keras lays it out, and its backpropagation through time.
 * Arrays in here are by time step, then by row.
 */
export function createLstm(sizes: LstmSizes, weights: LstmWeights, { multiply }: NativeKernels): Lstm {
  const { rows, steps, inputs: width, units, returnSequences } = sizes;
  const [wide, step] = [4 * units, rows * units];
  const xs = new Float32Array(steps * rows * width);
  const gates = new Float32Array(steps * rows * wide);
  const cells = new Float32Array((steps + 1) * step);
  const hidden = new Float32Array((steps + 1) * step);
  const product = (
    a: Float32Array,
    b: Float32Array,
    result: Float32Array,
    [m, k, n]: readonly [number, number, number],
  ) => multiply({ a, b, result, rows: m, inner: k, columns: n, aTransposed: false, bTransposed: false });
  return {
    forward(inputs) {
      swapRowsAndSteps(inputs, xs, sizes);
      product(xs, weights.kernel, gates, [steps * rows, width, wide]);
      const fromHidden = new Float32Array(rows * wide);
      for (let t = 0; t < steps; t += 1) {
        product(hidden.subarray(t * step, (t + 1) * step), weights.recurrent, fromHidden, [rows, units, wide]);
        openGates(sizes, weights.bias, fromHidden, gates.subarray(t * rows * wide, (t + 1) * rows * wide));
        advance(sizes, gates, cells, hidden, t);
      }
      return returnSequences ? swapBack(hidden.subarray(step), sizes) : hidden.slice(steps * step);
    },
    back(slopes) {
      const bySums = new Float32Array(gates.length);
      const byHidden = new Float32Array(step);
      const byCell = new Float32Array(step);
      for (let t = steps - 1; t >= 0; t -= 1) {
        addSlopes(sizes, slopes, byHidden, t);
        const now = bySums.subarray(t * rows * wide, (t + 1) * rows * wide);
        retreat(sizes, { gates, cells, byHidden, byCell, bySums: now }, t);
        multiply({
          a: now,
          b: weights.recurrent,
          result: byHidden,
          rows,
          inner: wide,
          columns: units,
          aTransposed: false,
          bTransposed: true,
        });
      }
      return gather(sizes, weights, { xs, hidden, bySums }, multiply);
    },
  };
}

function swapRowsAndSteps(from: Float32Array, to: Float32Array, { rows, steps, inputs }: LstmSizes): void {
  for (let row = 0; row < rows; row += 1) {
    for (let t = 0; t < steps; t += 1) {
      const source = (row * steps + t) * inputs;
      to.set(from.subarray(source, source + inputs), (t * rows + row) * inputs);
    }
  }
}

function swapBack(from: Float32Array, { rows, steps, units }: LstmSizes): Float32Array {
  const to = new Float32Array(from.length);
  swapRowsAndSteps(from, to, { rows: steps, steps: rows, inputs: units, units, returnSequences: true, isHard: false });
  return to;
}

/** From sums to gates, in place. */
function openGates(
  { rows, units, isHard }: LstmSizes,
  bias: Float32Array,
  more: Float32Array,
  sums: Float32Array,
): void {
  const wide = 4 * units;
  for (let row = 0, i = 0; row < rows; row += 1) {
    for (let j = 0; j < wide; j += 1, i += 1) {
      const sum = sums[i]! + more[i]! + bias[j]!;
      const isCell = j >= 2 * units && j < 3 * units;
      sums[i] = isCell ? Math.tanh(sum) : isHard ? Math.max(0, Math.min(1, 0.2 * sum + 0.5)) : 1 / (1 + Math.exp(-sum));
    }
  }
}

function advance(
  { rows, units }: LstmSizes,
  gates: Float32Array,
  cells: Float32Array,
  hidden: Float32Array,
  t: number,
): void {
  const before = t * rows * units;
  const after = before + rows * units;
  for (let row = 0, i = 0; row < rows; row += 1) {
    const at = (t * rows + row) * 4 * units;
    for (let j = 0; j < units; j += 1, i += 1) {
      const cell = gates[at + units + j]! * cells[before + i]! + gates[at + j]! * gates[at + 2 * units + j]!;
      cells[after + i] = cell;
      hidden[after + i] = gates[at + 3 * units + j]! * Math.tanh(cell);
    }
  }
}

function addSlopes(
  { rows, steps, units, returnSequences }: LstmSizes,
  slopes: Float32Array,
  byHidden: Float32Array,
  t: number,
): void {
  if (!returnSequences) {
    if (t === steps - 1) byHidden.set(slopes);
    return;
  }
  for (let row = 0, i = 0; row < rows; row += 1) {
    const at = (row * steps + t) * units;
    for (let j = 0; j < units; j += 1, i += 1) byHidden[i] = byHidden[i]! + slopes[at + j]!;
  }
}

interface Retreat {
  readonly gates: Float32Array;
  readonly cells: Float32Array;
  readonly byHidden: Float32Array;
  /** Changed in place, to the step before. */
  readonly byCell: Float32Array;
  /** Filled. */
  readonly bySums: Float32Array;
}

function retreat(
  { rows, units, isHard }: LstmSizes,
  { gates, cells, byHidden, byCell, bySums }: Retreat,
  t: number,
): void {
  const before = t * rows * units;
  const after = before + rows * units;
  // A clipped gate moves no more; on the edge it does, as TensorFlow has it.
  const through = (gate: number) => (isHard ? (gate > 0 && gate < 1 ? 0.2 : 0) : gate * (1 - gate));
  for (let row = 0, i = 0; row < rows; row += 1) {
    const at = (t * rows + row) * 4 * units;
    const to = row * 4 * units;
    for (let j = 0; j < units; j += 1, i += 1) {
      const [open, keep] = [gates[at + j]!, gates[at + units + j]!];
      const [fresh, out] = [gates[at + 2 * units + j]!, gates[at + 3 * units + j]!];
      const squashed = Math.tanh(cells[after + i]!);
      const slope = byCell[i]! + byHidden[i]! * out * (1 - squashed * squashed);
      bySums[to + j] = slope * fresh * through(open);
      bySums[to + units + j] = slope * cells[before + i]! * through(keep);
      bySums[to + 2 * units + j] = slope * open * (1 - fresh * fresh);
      bySums[to + 3 * units + j] = byHidden[i]! * squashed * through(out);
      byCell[i] = slope * keep;
    }
  }
}

interface Passed {
  readonly xs: Float32Array;
  readonly hidden: Float32Array;
  readonly bySums: Float32Array;
}

function gather(
  sizes: LstmSizes,
  { kernel, bias }: LstmWeights,
  { xs, hidden, bySums }: Passed,
  multiply: NativeKernels['multiply'],
): Float32Array[] {
  const { rows, steps, inputs: width, units } = sizes;
  const [all, wide] = [steps * rows, 4 * units];
  const byKernel = new Float32Array(kernel.length);
  const byRecurrent = new Float32Array(units * wide);
  const byBias = new Float32Array(bias.length);
  const byInputs = new Float32Array(xs.length);
  multiply({
    a: xs,
    b: bySums,
    result: byKernel,
    rows: width,
    inner: all,
    columns: wide,
    aTransposed: true,
    bTransposed: false,
  });
  multiply({
    a: hidden,
    b: bySums,
    result: byRecurrent,
    rows: units,
    inner: all,
    columns: wide,
    aTransposed: true,
    bTransposed: false,
  });
  multiply({
    a: bySums,
    b: kernel,
    result: byInputs,
    rows: all,
    inner: wide,
    columns: width,
    aTransposed: false,
    bTransposed: true,
  });
  for (let i = 0; i < bySums.length; i += 1) byBias[i % wide] = byBias[i % wide]! + bySums[i]!;
  return [swapBackInputs(byInputs, sizes), byKernel, byRecurrent, byBias];
}

function swapBackInputs(from: Float32Array, sizes: LstmSizes): Float32Array {
  return swapBack(from, { ...sizes, units: sizes.inputs });
}
