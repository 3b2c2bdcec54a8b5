import type { Predictions, Task } from '../task.ts';

const smallestProbability = 1e-15;

/** The predicted class of a row: 1 from a probability of one half for binary, the likeliest class for multiclass. */
export function predictedClass({ width, values }: Predictions, row: number): number {
  if (width === 1) return values[row]! >= 0.5 ? 1 : 0;
  let best = 0;
  for (let c = 1; c < width; c++) if (values[row * width + c]! > values[row * width + best]!) best = c;
  return best;
}

/** Per-row loss that the gate decides on: 0 right, 1 wrong for classes; the squared error for regression. */
export function primaryLosses(task: Task, labels: ArrayLike<number>, predictions: Predictions): Float64Array {
  return Float64Array.from(labels, (label, row) =>
    task === 'regression'
      ? (predictions.values[row]! - label) ** 2
      : predictedClass(predictions, row) === label
        ? 0
        : 1,
  );
}

/** Per-row log loss in nats; probabilities are held 1e-15 away from 0. */
export function logLosses(labels: ArrayLike<number>, { width, values }: Predictions): Float64Array {
  return Float64Array.from(labels, (label, row) => {
    const p = width > 1 ? values[row * width + label]! : label === 1 ? values[row]! : 1 - values[row]!;
    return -Math.log(Math.max(p, smallestProbability));
  });
}

/** Per-row Brier score, halved for several classes so that it lies in [0, 1] for all. */
export function brierLosses(labels: ArrayLike<number>, { width, values }: Predictions): Float64Array {
  return Float64Array.from(labels, (label, row) => {
    if (width === 1) return (values[row]! - label) ** 2;
    let sum = 0;
    for (let c = 0; c < width; c++) sum += (values[row * width + c]! - (c === label ? 1 : 0)) ** 2;
    return sum / 2;
  });
}

/** What a model says that gives the same shares of the classes for every row; one output says only the second of two. */
export function sameShares(shares: readonly number[], width: number, rows: number): Predictions {
  const each = width === 1 ? [shares[1] ?? 0] : shares;
  return { width, values: Array.from({ length: rows }).flatMap(() => each) };
}

/** Element-wise a − b. */
export function subtractLosses(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((loss, row) => loss - b[row]!);
}

/** Labels of less variance than this are one value, as far as a loss can tell. */
export const smallestVariance = 1e-30;

/** What squared errors are divided by, so that they mean the same for every label; 1 where the labels have no spread. */
export function squaredErrorUnit(labels: ArrayLike<number>): number {
  const variance = varianceOf(labels);
  return variance < smallestVariance ? 1 : variance;
}

/** Variance of the values, by their number and not by one less. */
export function varianceOf(labels: ArrayLike<number>): number {
  const values = Array.from(labels);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
