import { logLosses } from '../gate/losses.ts';
import type { Predictions, Task } from '../task.ts';

/** Per-row loss that calibration shows in: log loss in nats for classes, the squared error for values. */
export function lossesOf(task: Task, labels: ArrayLike<number>, predictions: Predictions): Float64Array {
  if (task !== 'regression') return logLosses(labels, predictions);
  return Float64Array.from(labels, (label, row) => (predictions.values[row]! - label) ** 2);
}
