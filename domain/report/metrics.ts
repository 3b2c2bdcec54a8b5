import { brierLosses } from '../gate/losses.ts';
import { accuracy, logLoss, meanAbsoluteError, meanSquaredError, rocAuc } from '../outcomes/metrics.ts';
import type { Predictions, Task } from '../task.ts';

/** A figure of both models on the same rows; null where it has no value. */
export interface MetricLine {
  readonly name: string;
  readonly better: 'higher' | 'lower';
  readonly champion: number | null;
  readonly challenger: number | null;
}

type Figure = (labels: ArrayLike<number>, predictions: Predictions) => number | null;
type Metric = readonly [string, MetricLine['better'], Figure];

const forClasses: readonly Metric[] = [
  ['accuracy', 'higher', accuracy],
  ['log loss', 'lower', logLoss],
  ['Brier score', 'lower', (labels, predictions) => meanOf(brierLosses(labels, predictions))],
];

const metrics: Readonly<Record<Task, readonly Metric[]>> = {
  binary: [...forClasses, ['area under the ROC curve', 'higher', (labels, { values }) => rocAuc(labels, values)]],
  multiclass: forClasses,
  regression: [
    ['root mean squared error', 'lower', rootMeanSquaredError],
    ['mean absolute error', 'lower', (labels, { values }) => meanAbsoluteError(labels, values)],
  ],
};

/** The usual figures of a task, challenger beside champion. */
export function compareMetrics(
  task: Task,
  labels: ArrayLike<number>,
  challenger: Predictions,
  champion: Predictions | null,
): readonly MetricLine[] {
  return metrics[task].map(([name, better, figure]) => ({
    name,
    better,
    champion: champion === null ? null : figure(labels, champion),
    challenger: figure(labels, challenger),
  }));
}

function rootMeanSquaredError(labels: ArrayLike<number>, { values }: Predictions): number | null {
  const squared = meanSquaredError(labels, values);
  return squared === null ? null : Math.sqrt(squared);
}

function meanOf(values: Float64Array): number | null {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Number.isFinite(mean) ? mean : null;
}
