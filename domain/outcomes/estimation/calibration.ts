import { applyIsotonic, fitIsotonic, type IsotonicMap } from '../../math/isotonic.ts';
import { rocAuc } from '../metrics.ts';
import type { ClassView } from './class-views.ts';

/** Per view, the curve from the model's probability to the true one; null where the model's own is better. Plain JSON. */
export type Calibration = readonly (IsotonicMap | null)[];

const folds = 10;
/** As many rows tell whether calibration is needed. */
const mostRowsTried = 20_000;

/** Fits a curve for each class that needs one. */
export function fitCalibration(views: readonly ClassView[], actual: readonly Uint8Array[]): Calibration {
  return views.map(({ scores }, index) => {
    const labels = actual[index]!;
    return needsCalibration(scores, labels) ? fitIsotonic(scores, labels) : null;
  });
}

/** The true probabilities that each view expects; those of several classes are made to sum to 1. */
export function calibrateViews(views: readonly ClassView[], calibration: Calibration): Float64Array[] {
  const columns = views.map(({ scores }, index) => {
    const curve = calibration[index];
    return curve ? scores.map((score) => applyIsotonic(curve, score)) : Float64Array.from(scores);
  });
  if (columns.length > 1) normalize(columns);
  return columns;
}

function normalize(columns: readonly Float64Array[]): void {
  for (let row = 0; row < columns[0]!.length; row++) {
    const sum = columns.reduce((total, column) => total + column[row]!, 0);
    for (const column of columns) column[row] = sum > 0 ? column[row]! / sum : 1 / columns.length;
  }
}

/**
 * Whether calibrated probabilities are nearer to the truth than the model's own, on rows that the curve was not fitted to. Not where
 * one class is absent or the model separates them perfectly: there is nothing to learn from.
 */
function needsCalibration(scores: Float64Array, labels: Uint8Array): boolean {
  const [p, y] = [scores.subarray(-mostRowsTried), labels.subarray(-mostRowsTried)];
  const auc = rocAuc(y, p);
  if (auc === null || auc > 0.999) return false;
  return calibrationError(p, y) > calibrationError(crossCalibrate(p, y), y);
}

function crossCalibrate(scores: Float64Array, labels: Uint8Array): Float64Array {
  const calibrated = Float64Array.from(scores);
  for (let fold = 0; fold < folds; fold++) {
    const weights = Uint8Array.from(scores, (_, row) => (row % folds === fold ? 0 : 1));
    const curve = fitIsotonic(scores, labels, weights);
    if (curve === null) continue;
    for (let row = fold; row < scores.length; row += folds) calibrated[row] = applyIsotonic(curve, scores[row]!);
  }
  return calibrated;
}

const bins = 10;

/** Mean distance between probability and share of the class over ten bins of equal mass. */
function calibrationError(probabilities: Float64Array, labels: Uint8Array): number {
  const order = Uint32Array.from(labels, (_, row) => row).sort((a, b) => probabilities[a]! - probabilities[b]!);
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const rows = order.subarray((bin * order.length) / bins, ((bin + 1) * order.length) / bins);
    error += Math.abs(rows.reduce((sum, row) => sum + probabilities[row]! - labels[row]!, 0));
  }
  return error / labels.length;
}
