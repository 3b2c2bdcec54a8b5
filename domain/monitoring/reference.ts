import { describeColumn } from '../drift/column-histogram.ts';
import type { Histogram } from '../drift/histogram.ts';
import { predictedClass, primaryLosses } from '../gate/losses.ts';
import { fitClassEstimator, type ClassEstimator } from '../outcomes/estimation/class-estimator.ts';
import { fitLossEstimator, type LossEstimator } from '../outcomes/estimation/loss-estimator.ts';
import { measureHoldoutRisk, type HoldoutRisk } from '../outcomes/holdout-risk.ts';
import type { Column, DataSchema, Table } from '../table.ts';
import type { Predictions, Task } from '../task.ts';

/** What a version's live rows are compared with: its training inputs, and its predictions on the holdout. Plain JSON. */
export interface DriftReference {
  readonly features: Readonly<Record<string, Histogram>>;
  readonly prediction: Histogram;
  /** Largest loss that counts: 1 for classes; for regression the 99% quantile of the squared errors on the holdout. */
  readonly lossScale: number;
  /** What the holdout promises of the live losses; absent where it had no labels. */
  readonly holdout?: HoldoutRisk;
  /** Estimates the performance before labels arrive; absent where the holdout was too small. */
  readonly estimator?: ClassEstimator | LossEstimator;
  /** How much the version's performance owes to each feature, where that is known: what drifted is listed by it. */
  readonly importances?: Readonly<Record<string, number>>;
}

export interface ReferenceEvidence {
  readonly task: Task;
  readonly schema: DataSchema;
  /** Rows that the version was trained and validated on. */
  readonly inputs: Table;
  /** Its predictions on the holdout, with the inputs and labels there. */
  readonly outputs: Predictions;
  readonly labels: ArrayLike<number>;
  readonly holdoutInputs?: Table;
  readonly importances?: Readonly<Record<string, number>>;
}

/** Keeps of a version's training rows and holdout what the monitor will need. */
export function buildReference(evidence: ReferenceEvidence): DriftReference {
  const { task, schema, inputs, outputs, labels, importances } = evidence;
  const features = schema.features.flatMap(({ name, type }) => {
    const column = inputs.columns[name];
    return column === undefined ? [] : [[name, describeColumn(type, column)] as const];
  });
  const predictionType = task === 'multiclass' ? 'categorical' : 'numeric';
  const losses = primaryLosses(task, labels, outputs);
  const lossScale = task === 'regression' ? scaleOf(losses) : 1;
  const holdout = measureHoldoutRisk(scaleLosses(losses, lossScale));
  const estimator = fitEstimator(evidence);
  return {
    features: Object.fromEntries(features),
    prediction: describeColumn(predictionType, predictionColumn(task, outputs, labels.length)),
    lossScale,
    ...(holdout && { holdout }),
    ...(estimator && { estimator }),
    ...(importances && { importances }),
  };
}

function fitEstimator({
  task,
  outputs,
  labels,
  holdoutInputs,
}: ReferenceEvidence): ClassEstimator | LossEstimator | null {
  if (task !== 'regression') return fitClassEstimator(outputs, labels);
  const inputs = holdoutInputs ?? { rowCount: labels.length, columns: {} };
  return fitLossEstimator(inputs, Float64Array.from(outputs.values), Float64Array.from(labels));
}

/** Predictions as a column whose drift can be judged: probability of class 1, likeliest class, or value. */
export function predictionColumn(task: Task, outputs: Predictions, rowCount: number): Column {
  if (task !== 'multiclass') return { kind: 'numeric', values: Float64Array.from(outputs.values) };
  const classes = Array.from({ length: rowCount }, (_, row) => String(predictedClass(outputs, row)));
  return { kind: 'categorical', values: classes };
}

/** Losses in [0, 1]. */
export function scaleLosses(losses: Float64Array, lossScale: number): Float64Array {
  return losses.map((loss) => Math.min(1, loss / lossScale));
}

function scaleOf(losses: Float64Array): number {
  const sorted = losses.toSorted();
  const scale = sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 1;
  return scale > 0 && Number.isFinite(scale) ? scale : 1;
}
