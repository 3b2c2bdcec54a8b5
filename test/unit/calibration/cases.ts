import { createRng } from '../../../domain/math/rng.ts';
import { normalQuantile } from '../../../domain/math/normal.ts';
import type { ScoredRows } from '../../../domain/calibration/scored-rows.ts';

export interface World {
  readonly rows: number;
  readonly seed: number;
  /** The chance of class 1 is σ(slope·score + shift), and the model says σ(score). */
  readonly slope?: number;
  readonly shift?: number;
  /** Standard deviation of what the model doesn't know, on the scale of scores. */
  readonly noise?: number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Two classes, and a model that is right about them when slope is 1, shift and noise 0. */
export function drawBinary({ rows, seed, slope = 1, shift = 0, noise = 0 }: World): ScoredRows {
  const rng = createRng(seed);
  const normal = () => normalQuantile(Math.max(1e-12, rng()));
  const scores = Array.from({ length: rows }, () => 1.5 * normal());
  const labels = Float64Array.from(scores, (score) =>
    Number(rng() < sigmoid(slope * score + shift + noise * normal())),
  );
  return { labels, predictions: { width: 1, values: Float64Array.from(scores, sigmoid) } };
}

/** Three classes by the same rule: the chance of a class goes with e^(slope·score). */
export function drawMulticlass(rows: number, seed: number, slope: number): ScoredRows {
  const rng = createRng(seed);
  const values = new Float64Array(rows * 3);
  const labels = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const scores = [0, 1, 2].map(() => 1.5 * normalQuantile(Math.max(1e-12, rng())));
    const share = (factor: number) => {
      const weights = scores.map((score) => Math.exp(factor * score));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => weight / total);
    };
    values.set(share(1), row * 3);
    const [a = 0, b = 0] = share(slope);
    const drawn = rng();
    labels[row] = drawn < a ? 0 : drawn < a + b ? 1 : 2;
  }
  return { labels, predictions: { width: 3, values } };
}

/** Values that the model gives as `slope` × the truth + `shift`. */
export function drawValues(rows: number, seed: number, slope: number, shift: number, noise = 1): ScoredRows {
  const rng = createRng(seed);
  const normal = () => normalQuantile(Math.max(1e-12, rng()));
  const truth = Float64Array.from({ length: rows }, () => 50 + 5 * normal());
  return {
    labels: truth,
    predictions: { width: 1, values: truth.map((value) => slope * value + shift + noise * normal()) },
  };
}
