import type { Predictions } from '../task.ts';

/** Rows with their outcome, in time order, and what a model said. */
export interface ScoredRows {
  readonly labels: ArrayLike<number>;
  readonly predictions: Predictions;
}

/** The rows that are kept. */
export function selectRows({ labels, predictions }: ScoredRows, isKept: (row: number) => boolean): ScoredRows {
  const { width, values } = predictions;
  const rows = new Uint32Array(labels.length);
  let count = 0;
  for (let row = 0; row < labels.length; row++) if (isKept(row)) rows[count++] = row;
  const kept = rows.subarray(0, count);
  const [keptLabels, keptValues] = [new Float64Array(kept.length), new Float64Array(kept.length * width)];
  // Loops: triage waits for this, many times over.
  for (let at = 0; at < kept.length; at++) {
    const row = kept[at]!;
    keptLabels[at] = labels[row]!;
    for (let output = 0; output < width; output++) keptValues[at * width + output] = values[row * width + output]!;
  }
  return { labels: keptLabels, predictions: { width, values: keptValues } };
}
