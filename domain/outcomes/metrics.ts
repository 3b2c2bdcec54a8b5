import { predictedClass } from '../gate/losses.ts';
import type { Predictions } from '../task.ts';

// Every metric leaves out rows whose label is NaN (none arrived), and is null where it has no finite value: no rows, or
// a prediction that isn't a number.

/** Share of rows whose predicted class is the label; binary and multiclass. */
export function accuracy(labels: ArrayLike<number>, predictions: Predictions): number | null {
  return meanOver(labels, (label, row) => (predictedClass(predictions, row) === label ? 1 : 0));
}

/** Mean −ln of the probability given to the label, in nats; probabilities are held 2e-16 away from 0, as scikit-learn does. */
export function logLoss(labels: ArrayLike<number>, { width, values }: Predictions): number | null {
  return meanOver(labels, (label, row) => {
    const p = width > 1 ? values[row * width + label]! : label === 1 ? values[row]! : 1 - values[row]!;
    return -Math.log(Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON));
  });
}

/** Mean squared difference between the probability of class 1 and the label; binary. */
export function brierScore(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number | null {
  return meanSquaredError(labels, probabilities);
}

/** Mean squared difference between value and label. */
export function meanSquaredError(labels: ArrayLike<number>, values: ArrayLike<number>): number | null {
  return meanOver(labels, (label, row) => (values[row]! - label) ** 2);
}

/** Mean absolute difference between value and label. */
export function meanAbsoluteError(labels: ArrayLike<number>, values: ArrayLike<number>): number | null {
  return meanOver(labels, (label, row) => Math.abs(values[row]! - label));
}

/**
 * Chance that a row of class 1 scores higher than one of class 0, ties counting half, by ranks in O(n log n); null also where
 * either class is absent. Example: labels 0, 0, 1, 1 with scores .1, .4, .35, .8 give .75.
 */
export function rocAuc(labels: ArrayLike<number>, scores: ArrayLike<number>): number | null {
  const positive = scoresOfClass(labels, scores, 1);
  const negative = scoresOfClass(labels, scores, 0);
  if (positive.length === 0 || negative.length === 0 || hasNaN(positive) || hasNaN(negative)) return null;
  let wins = 0;
  let below = 0;
  let notAbove = 0;
  for (const score of positive) {
    while (negative[below]! < score) below += 1;
    while (negative[notAbove]! <= score) notAbove += 1;
    wins += (below + notAbove) / 2;
  }
  return wins / positive.length / negative.length;
}

function scoresOfClass(labels: ArrayLike<number>, scores: ArrayLike<number>, wanted: number): Float64Array {
  return Float64Array.from(scores)
    .filter((_, row) => labels[row] === wanted)
    .sort();
}

/** Typed arrays sort NaN to the end. */
function hasNaN(sorted: Float64Array): boolean {
  return Number.isNaN(sorted.at(-1));
}

function meanOver(labels: ArrayLike<number>, lossOf: (label: number, row: number) => number): number | null {
  let sum = 0;
  let rows = 0;
  for (let row = 0; row < labels.length; row++) {
    if (Number.isNaN(labels[row]!)) continue;
    sum += lossOf(labels[row]!, row);
    rows += 1;
  }
  const mean = sum / rows;
  return Number.isFinite(mean) ? mean : null;
}
