import type { Predictions } from '../task.ts';

/** Rows with their outcome, in time order, and what a model said. */
export interface ScoredRows {
  readonly labels: ArrayLike<number>;
  readonly predictions: Predictions;
}

/** The rows that are kept. */
export function selectRows({ labels, predictions }: ScoredRows, isKept: (row: number) => boolean): ScoredRows {
  const { width, values } = predictions;
  const kept = Array.from({ length: labels.length }, (_, row) => row).filter(isKept);
  return {
    labels: Float64Array.from(kept, (row) => labels[row]!),
    predictions: {
      width,
      values: Float64Array.from(
        { length: kept.length * width },
        (_, at) => values[kept[Math.floor(at / width)]! * width + (at % width)]!,
      ),
    },
  };
}
