import type { Predictions } from '../task.ts';

/** The weighted mean of several models' outputs to the same rows; weights sum to 1. */
export function averagePredictions(outputs: readonly Predictions[], weights: readonly number[]): Predictions {
  const { width, values } = outputs[0]!;
  const sums = new Float64Array(values.length);
  for (const [index, { values: said }] of outputs.entries()) {
    const weight = weights[index]!;
    for (let at = 0; at < sums.length; at++) sums[at]! += weight * said[at]!;
  }
  return { width, values: sums };
}
