/** A layer of a dense stack: outputs = inputs · kernel + bias. */
export interface DenseLayer {
  /** Row-major, a row for each input. */
  readonly kernel: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** Dense layers with max(0, x) between them. Plain numbers: a browser could run it. */
export interface DenseStack {
  readonly layers: readonly DenseLayer[];
  readonly ending: 'linear' | 'sigmoid' | 'softmax';
}

/** x · kernel, for one row. */
export function multiply(x: ArrayLike<number>, { kernel, bias: { length: units } }: DenseLayer): Float64Array {
  const sums = new Float64Array(units);
  for (let input = 0, at = 0; input < x.length; input++, at += units) {
    const value = x[input]!;
    if (value === 0) continue;
    for (let unit = 0; unit < units; unit++) sums[unit]! += value * kernel[at + unit]!;
  }
  return sums;
}

/** kernel · slopes: slopes by a layer's sums become slopes by its inputs. */
export function multiplyBack(slopes: ArrayLike<number>, { kernel, bias: { length: units } }: DenseLayer): Float64Array {
  const back = new Float64Array(kernel.length / units);
  for (let input = 0, at = 0; input < back.length; input++, at += units) {
    let sum = 0;
    for (let unit = 0; unit < units; unit++) sum += kernel[at + unit]! * slopes[unit]!;
    back[input] = sum;
  }
  return back;
}

export function addBias(sums: Float64Array, { bias }: DenseLayer): Float64Array {
  return sums.map((sum, unit) => sum + bias[unit]!);
}

/** One of a stack's outputs, from its last sums. */
export function finish(ending: DenseStack['ending'], sums: Float64Array, of: number): number {
  if (ending === 'linear') return sums[of]!;
  if (ending === 'sigmoid') return 1 / (1 + Math.exp(-sums[of]!));
  const largest = sums.reduce((most, sum) => Math.max(most, sum), -Infinity);
  return Math.exp(sums[of]! - largest) / sums.reduce((total, sum) => total + Math.exp(sum - largest), 0);
}

/** Output `of` for one row. */
export function answer({ layers, ending }: DenseStack, input: Float64Array, of: number): number {
  let values = input;
  for (const [index, layer] of layers.entries()) {
    const sums = addBias(multiply(values, layer), layer);
    values = index === layers.length - 1 ? sums : sums.map((sum) => Math.max(0, sum));
  }
  return finish(ending, values, of);
}
