import { fitIsotonic } from '../math/isotonic.ts';
import type { Predictions, Task } from '../task.ts';
import { applyCalibrator, type Calibrator } from './calibrator.ts';
import { fitLine } from './line.ts';
import { fitLogistic } from './logistic.ts';
import { lossesOf } from './loss.ts';
import { selectRows, type ScoredRows } from './scored-rows.ts';
import { fitTemperature } from './temperature.ts';

/** Fewer rows, or fewer of either class, and any calibrator fits the noise. */
export const leastRows = 100;
const leastPerClass = 20;
/** From so many rows on a free curve may be better than two numbers (Niculescu-Mizil & Caruana 2005). */
const rowsForIsotonic = 1_000;
const folds = 5;

/**
 * Fits the calibrator that the task and the number of rows ask for: temperature for several classes, a line for values, and for two classes logistic or,
 * on enough rows, isotonic where that is better on rows it was not fitted on. Null where there are too few rows, or the outputs are in
 * the wrong order.
 */
export function fitCalibrator(task: Task, rows: ScoredRows): Calibrator | null {
  if (rows.labels.length < leastRows) return null;
  if (task === 'regression') return fitLine(rows.labels, rows.predictions.values);
  if (task === 'multiclass') return fitTemperature(rows.labels, rows.predictions);
  if (!hasBothClasses(rows.labels)) return null;
  const logistic = fitLogistic(rows.labels, rows.predictions.values);
  if (rows.labels.length < rowsForIsotonic || logistic === null) return logistic;
  return crossFittedLoss(task, rows, fitCurve) < crossFittedLoss(task, rows, fitLogisticRows)
    ? fitCurve(rows)
    : logistic;
}

/**
 * Outputs as a calibrator would give them that was fitted on the other four fifths of the rows, each fifth in turn; consecutive rows
 * stay together, since they may depend on each other. Null where one can't be fitted.
 */
export function crossCalibrate(rows: ScoredRows, fit: (rows: ScoredRows) => Calibrator | null): Predictions | null {
  const { width, values } = rows.predictions;
  const calibrated = new Float64Array(values.length);
  const count = rows.labels.length;
  for (let fold = 0; fold < folds; fold++) {
    const [from, to] = [Math.floor((count * fold) / folds), Math.floor((count * (fold + 1)) / folds)];
    const calibrator = fit(selectRows(rows, (row) => row < from || row >= to));
    if (calibrator === null) return null;
    const held = applyCalibrator(calibrator, { width, values: values.slice(from * width, to * width) });
    calibrated.set(held.values, from * width);
  }
  return { width, values: calibrated };
}

function crossFittedLoss(task: Task, rows: ScoredRows, fit: (rows: ScoredRows) => Calibrator | null): number {
  const calibrated = crossCalibrate(rows, fit);
  if (calibrated === null) return Infinity;
  return lossesOf(task, rows.labels, calibrated).reduce((sum, loss) => sum + loss, 0);
}

function fitLogisticRows({ labels, predictions }: ScoredRows): Calibrator | null {
  return fitLogistic(labels, predictions.values);
}

/**
 * Isotonic regression with half a row of either class added at both ends, so that it never says 0 or 1: a single mistake there would
 * cost an infinite log loss.
 */
function fitCurve({ labels, predictions: { values } }: ScoredRows): Calibrator | null {
  const scores = Array.from(values);
  const [least, most] = [scores.reduce((a, b) => Math.min(a, b), 1), scores.reduce((a, b) => Math.max(a, b), 0)];
  const map = fitIsotonic([least, ...scores, most], [0.5, ...Array.from(labels), 0.5]);
  return map === null ? null : { kind: 'isotonic', map };
}

function hasBothClasses(labels: ArrayLike<number>): boolean {
  const positives = Array.from(labels).filter((label) => label === 1).length;
  return Math.min(positives, labels.length - positives) >= leastPerClass;
}
