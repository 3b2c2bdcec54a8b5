import type { FollowedRows } from '../../../domain/following/experts.ts';
import { createRng } from '../../../domain/math/rng.ts';

/** Networks that know the log-odds of class 1 but for a constant, on rows that are independent. */
export function drawRows(count: number, errors: readonly number[], seed: number, drift = 0): FollowedRows {
  const rng = createRng(seed);
  const logits = Array.from({ length: count }, () => 4 * rng() - 2);
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  return {
    labels: logits.map((logit) => Number(rng() < sigmoid(logit + drift))),
    outputs: errors.map((error) => ({ width: 1, values: logits.map((logit) => sigmoid(logit + error)) })),
  };
}

/** The same rows in windows of so many. */
export function inWindows({ labels, outputs }: FollowedRows, rows: number): readonly FollowedRows[] {
  const slice = (values: ArrayLike<number>, from: number): number[] => Array.from(values).slice(from, from + rows);
  return Array.from({ length: Math.ceil(labels.length / rows) }, (_, window) => ({
    labels: slice(labels, window * rows),
    outputs: outputs.map(({ width, values }) => ({ width, values: slice(values, window * rows) })),
  }));
}
