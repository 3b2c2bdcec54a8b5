import type { Predictions } from '../task.ts';
import type { Calibrator } from './calibrator.ts';

type Temperature = Extract<Calibrator, { kind: 'temperature' }>;

const leastProbability = 1e-7;
const coldest = 0.05;
const hottest = 20;

/**
 * The temperature T of p^(1/T) with the least log loss (Guo et al. 2017), from .05 to 20: above 1 for a model that is too sure of itself. The
 * loss is convex in 1/T, so its derivative is bisected.
 */
export function fitTemperature(labels: ArrayLike<number>, predictions: Predictions): Temperature {
  const logs = Float64Array.from(predictions.values, (p) => Math.log(Math.max(leastProbability, p)));
  let [low, high] = [1 / hottest, 1 / coldest];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (slopeAt(middle, labels, logs, predictions.width) > 0) high = middle;
    else low = middle;
  }
  return { kind: 'temperature', temperature: 2 / (low + high) };
}

/** Derivative of the summed log loss by 1/T: the mean log probability under the tempered row, minus the label's. */
function slopeAt(inverse: number, labels: ArrayLike<number>, logs: Float64Array, width: number): number {
  let slope = 0;
  for (let row = 0; row < labels.length; row++) {
    const from = row * width;
    let largest = -Infinity;
    for (let c = 0; c < width; c++) largest = Math.max(largest, logs[from + c]!);
    let [weights, weighted] = [0, 0];
    for (let c = 0; c < width; c++) {
      const weight = Math.exp(inverse * (logs[from + c]! - largest));
      weights += weight;
      weighted += weight * logs[from + c]!;
    }
    slope += weighted / weights - logs[from + labels[row]!]!;
  }
  return slope;
}
