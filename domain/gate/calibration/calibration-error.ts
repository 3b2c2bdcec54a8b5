import type { Predictions, Task } from '../../task.ts';
import { predictedClass } from '../losses.ts';

/** A probability per row, and whether what it was given to happened. */
export interface Confidences {
  readonly probabilities: Float64Array;
  /** 0 or 1. */
  readonly hits: Float64Array;
}

/** Binary: the probability of class 1. Several classes: that of the likeliest one, and whether it is right (top-label). */
export function confidencesOf(task: Task, labels: ArrayLike<number>, predictions: Predictions): Confidences {
  const { width, values } = predictions;
  if (task === 'binary') return { probabilities: Float64Array.from(values), hits: Float64Array.from(labels) };
  const answers = Array.from(labels, (_, row) => predictedClass(predictions, row));
  return {
    probabilities: Float64Array.from(answers, (answer, row) => values[row * width + answer]!),
    hits: Float64Array.from(answers, (answer, row) => Number(answer === labels[row])),
  };
}

/** Fewer rows a bin tell nothing; more bins than 15 are not usual. */
const rowsPerBin = 20;
const mostBins = 15;

/** Bins that so many rows fill. */
export function planBins(rows: number): number {
  return Math.max(1, Math.min(mostBins, Math.floor(rows / rowsPerBin)));
}

/** The bin of each row, with edges at equal quantiles of the probabilities: equal mass, and equal probabilities in one bin. */
export function assignBins(probabilities: Float64Array, bins: number): Int32Array {
  const sorted = probabilities.toSorted();
  const edges = Array.from({ length: bins - 1 }, (_, i) => quantileOf(sorted, (i + 1) / bins));
  return Int32Array.from(probabilities, (p) => countBelow(edges, p));
}

/**
 * Expected calibration error with bins of equal mass (Nguyen & O'Connor 2015): Σ over bins of |Σ (probability − hit)| / rows, from the
 * sums of each bin, with `from` the first of them.
 */
export function calibrationError(sums: Float64Array, from: number, bins: number, rows: number): number {
  let total = 0;
  for (let bin = from; bin < from + bins; bin++) total += Math.abs(sums[bin]!);
  return total / rows;
}

/** Linear between the two nearest values, as numpy does. */
function quantileOf(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}

/** Edges strictly below p, by bisection. */
function countBelow(edges: readonly number[], p: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < p) low = middle + 1;
    else high = middle;
  }
  return low;
}
