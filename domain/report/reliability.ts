import { assignBins, confidencesOf } from '../gate/calibration/calibration-error.ts';
import { normalQuantile } from '../math/normal.ts';
import type { Predictions, Task } from '../task.ts';
import type { Interval } from '../verdict.ts';

/** Rows of about the same prediction, and what came of them. */
export interface ReliabilityBin {
  /** Mean prediction: a probability, or a value in the label's unit. */
  readonly predicted: number;
  /** Share that happened, or mean label. */
  readonly observed: number;
  /** Of `observed`. */
  readonly interval: Interval;
  readonly rows: number;
}

const bins = 10;
const level = 0.95;
const z = normalQuantile((1 + level) / 2);

/**
 * Predicted against observed in ten bins of equal mass: of the probability of class 1, of the likeliest class's probability where there are
 * several, or of the predicted value. Intervals of shares are Wilson's (1927), of means the normal law's.
 */
export function reliability(
  task: Task,
  labels: ArrayLike<number>,
  predictions: Predictions,
): readonly ReliabilityBin[] {
  const { predicted, observed } = pair(task, labels, predictions);
  const binOf = assignBins(predicted, bins);
  const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, observed: 0, squares: 0 }));
  predicted.forEach((value, row) => {
    const sum = sums[binOf[row]!]!;
    sum.rows += 1;
    sum.predicted += value;
    sum.observed += observed[row]!;
    sum.squares += observed[row]! ** 2;
  });
  return sums
    .filter(({ rows }) => rows > 0)
    .map(({ rows, predicted: total, observed: seen, squares }) => {
      const mean = seen / rows;
      const interval = task === 'regression' ? meanInterval(mean, squares / rows, rows) : wilson(mean, rows);
      return { predicted: total / rows, observed: mean, interval, rows };
    });
}

function pair(task: Task, labels: ArrayLike<number>, predictions: Predictions) {
  if (task === 'regression')
    return { predicted: Float64Array.from(predictions.values), observed: Float64Array.from(labels) };
  const { probabilities, hits } = confidencesOf(task, labels, predictions);
  return { predicted: probabilities, observed: hits };
}

/** Example: 0 of 10 gives 0 to .278. */
export function wilson(share: number, rows: number): Interval {
  const square = z * z;
  const centre = (share + square / (2 * rows)) / (1 + square / rows);
  const reach = (z / (1 + square / rows)) * Math.sqrt((share * (1 - share)) / rows + square / (4 * rows * rows));
  return { low: Math.max(0, centre - reach), high: Math.min(1, centre + reach), level };
}

function meanInterval(mean: number, meanSquare: number, rows: number): Interval {
  const reach = z * Math.sqrt(Math.max(0, meanSquare - mean * mean) / rows);
  return { low: mean - reach, high: mean + reach, level };
}
