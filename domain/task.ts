/** What kind of label a model predicts. */
export type Task = 'binary' | 'multiclass' | 'regression';

/**
 * Predictions of consecutive rows, flat and row-major. Binary: width 1, the probability of class 1. Multiclass: width = number
 * of classes, one probability each. Regression: width 1, the predicted value.
 */
export interface Predictions {
  readonly width: number;
  readonly values: Float64Array | readonly number[];
}

/** The task that a label's classes make: none is a regression, two are binary. */
export function taskOf({ classes }: { readonly classes: readonly string[] }): Task {
  if (classes.length === 0) return 'regression';
  return classes.length === 2 ? 'binary' : 'multiclass';
}
