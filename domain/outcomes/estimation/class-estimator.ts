import type { Predictions } from '../../task.ts';
import { calibrateViews, fitCalibration, type Calibration } from './calibration.ts';
import { classMetrics, expectMetric, realizeMetric, type ClassMetric } from './class-metrics.ts';
import { knownRows, pickRows, viewClasses, viewLabels } from './class-views.ts';
import { toEstimate, type Estimate } from './estimate.ts';
import { measureNoise, samplingError, type SamplingNoise } from './sampling-error.ts';
import { cutChunks, thresholdsFrom, type Thresholds } from './thresholds.ts';

/** Fewer rows of a holdout don't show what is usual. */
const leastRows = 200;
const limits: Thresholds = { lower: 0, upper: 1 };

interface MetricReference {
  readonly metric: ClassMetric;
  readonly realized: number;
  readonly thresholds: Thresholds;
  readonly noise: SamplingNoise | null;
}

/** All that is needed to estimate a classifier's performance without labels; plain JSON. */
export interface ClassEstimator {
  readonly kind: 'classes';
  readonly calibration: Calibration;
  readonly metrics: readonly MetricReference[];
}

/**
 * Learns from a holdout how to estimate performance from probabilities alone: confidence-based performance estimation (CBPE,
 * NannyML). True only while the relation of inputs and label stays what it was. Null where the holdout is too small.
 */
export function fitClassEstimator(outputs: Predictions, labels: ArrayLike<number>): ClassEstimator | null {
  const rows = knownRows(outputs).filter((row) => Number.isFinite(labels[row]));
  if (rows.length < leastRows) return null;
  const known = pickRows(outputs, rows);
  const knownLabels = rows.map((row) => labels[row]!);
  const [views, actual] = [viewClasses(known), viewLabels(knownLabels, known)];
  return {
    kind: 'classes',
    calibration: fitCalibration(views, actual),
    metrics: classMetrics.flatMap((metric) => referenceOf(metric, known, knownLabels) ?? []),
  };
}

function referenceOf(metric: ClassMetric, outputs: Predictions, labels: readonly number[]): MetricReference | null {
  const chunks = cutChunks(labels.length).map(({ from, to }) => {
    const rows = Array.from({ length: to - from }, (_, row) => from + row);
    const part = pickRows(outputs, rows);
    return realizeMetric(metric, viewClasses(part), viewLabels(labels.slice(from, to), part));
  });
  const [views, actual] = [viewClasses(outputs), viewLabels(labels, outputs)];
  const realized = realizeMetric(metric, views, actual);
  const thresholds = thresholdsFrom(chunks, limits);
  if (realized === null || thresholds === null) return null;
  return { metric, realized, thresholds, noise: measureNoise(metric, views, actual) };
}

/** The metrics that the predictions would have if the probabilities are what they were on the holdout. */
export function estimateClasses(
  { calibration, metrics }: ClassEstimator,
  outputs: Predictions,
): Estimate<ClassMetric>[] {
  const known = pickRows(outputs, knownRows(outputs));
  const rows = known.values.length / known.width;
  const views = viewClasses(known);
  const probabilities = calibrateViews(views, calibration);
  return metrics.flatMap(({ metric, noise, ...reference }) => {
    const value = rows === 0 ? null : expectMetric(metric, views, probabilities);
    if (value === null) return [];
    return toEstimate({ metric, value, error: noise && samplingError(noise, rows), reference, limits });
  });
}
