import type { Activation } from './read-stack.ts';

/** Applies an activation to the first `units` of every row, in place; `relu` is the kernel's own. */
export function activate(
  activation: Activation,
  values: Float32Array,
  rows: number,
  stride: number,
  units: number,
): void {
  switch (activation) {
    case 'linear':
    case 'relu':
      return;
    case 'sigmoid':
      return overAll(values, rows, stride, units, (x) => 1 / (1 + Math.exp(-x)));
    case 'tanh':
      return overAll(values, rows, stride, units, Math.tanh);
    case 'elu':
      return overAll(values, rows, stride, units, (x) => (x < 0 ? Math.expm1(x) : x));
    case 'softmax':
      for (let row = 0; row < rows; row += 1) softmax(values, row * stride, row * stride + units);
  }
}

function overAll(
  values: Float32Array,
  rows: number,
  stride: number,
  units: number,
  apply: (x: number) => number,
): void {
  for (let from = 0; from < rows * stride; from += stride) {
    for (let at = from; at < from + units; at += 1) values[at] = apply(values[at]!);
  }
}

function softmax(values: Float32Array, from: number, to: number): void {
  let largest = -Infinity;
  for (let at = from; at < to; at += 1) largest = Math.max(largest, values[at]!);
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += Math.exp(values[at]! - largest);
  for (let at = from; at < to; at += 1) values[at] = Math.exp(values[at]! - largest) / sum;
}
