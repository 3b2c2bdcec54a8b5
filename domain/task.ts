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
