import { accuracy, logLoss, meanAbsoluteError, meanSquaredError, rocAuc } from '../domain/outcomes/metrics.ts';
import type { Predictions, Task } from '../domain/task.ts';

/** Quality of what was served; null where a figure is undefined. Names are the metrics of the task. */
export type Quality = Readonly<Record<string, number | null>>;

/** The first name is the one that a plot shows. */
export function measure(task: Task, labels: Float64Array, outputs: Predictions): Quality {
  if (task === 'regression') {
    const error = meanSquaredError(labels, outputs.values);
    return { RMSE: error === null ? null : Math.sqrt(error), MAE: meanAbsoluteError(labels, outputs.values) };
  }
  const found = { accuracy: accuracy(labels, outputs), 'log loss': logLoss(labels, outputs) };
  return task === 'binary' ? { ...found, AUC: rocAuc(labels, outputs.values) } : found;
}
