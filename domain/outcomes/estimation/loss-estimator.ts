import type { Table } from '../../table.ts';
import { toEstimate, type Estimate } from './estimate.ts';
import { expectLosses, fitLossModel, type LossModel } from './loss-model.ts';
import { samplingError, type SamplingNoise } from './sampling-error.ts';
import { cutChunks, thresholdsFrom, type Thresholds } from './thresholds.ts';

export type LossMetric = 'meanAbsoluteError' | 'meanSquaredError' | 'rootMeanSquaredError';
const lossMetrics: readonly LossMetric[] = ['meanAbsoluteError', 'meanSquaredError', 'rootMeanSquaredError'];

/** Fewer rows of a holdout don't show where losses are large. */
const leastRows = 200;
const limits: Thresholds = { lower: 0, upper: Infinity };

/** What a holdout says of a loss; plain JSON. */
export interface LossReference {
  readonly metric: LossMetric;
  readonly realized: number;
  readonly thresholds: Thresholds;
  readonly noise: SamplingNoise;
}

/** All that is needed to estimate a regression's loss without labels; plain JSON. */
export interface LossEstimator {
  readonly kind: 'values';
  readonly absolute: LossModel;
  readonly squared: LossModel;
  readonly metrics: readonly LossReference[];
}

/**
 * Learns from a holdout how to estimate a regression's loss from inputs and predictions alone: direct loss estimation (DLE,
 * NannyML), with a shallow tree for the loss. True only while the relation of inputs and label stays what it was. Null where the
 * holdout is too small.
 */
export function fitLossEstimator(inputs: Table, predictions: Float64Array, labels: Float64Array): LossEstimator | null {
  const errors = predictions.map((prediction, row) => Math.abs(prediction - labels[row]!));
  const rows = Uint32Array.from(errors, (_, row) => row).filter((row) => Number.isFinite(errors[row]! ** 2));
  if (rows.length < leastRows) return null;
  const known = pickTableRows(inputs, rows);
  const absolute = pick(errors, rows);
  const squared = absolute.map((error) => error * error);
  const kept = pick(predictions, rows);
  return {
    kind: 'values',
    absolute: fitLossModel(known, kept, absolute),
    squared: fitLossModel(known, kept, squared),
    metrics: describeLosses(absolute),
  };
}

/** Value, thresholds and noise of each metric, from the absolute errors on a holdout. Equal to NannyML. */
export function describeLosses(absolute: Float64Array): LossReference[] {
  return lossMetrics.flatMap((metric) => {
    const losses = metric === 'meanAbsoluteError' ? absolute : absolute.map((error) => error * error);
    const realized = aggregateLosses(metric, losses);
    const chunks = cutChunks(losses.length).map(({ from, to }) => aggregateLosses(metric, losses.subarray(from, to)));
    const thresholds = thresholdsFrom(chunks, limits);
    if (realized === null || thresholds === null) return [];
    return [{ metric, realized, thresholds, noise: noiseOf(metric, losses, realized) }];
  });
}

/** Mean of the losses, for a root its root; negative predicted losses count as 0, and null is for no rows. */
export function aggregateLosses(metric: LossMetric, losses: Float64Array): number | null {
  if (losses.length === 0) return null;
  const mean = losses.reduce((sum, loss) => sum + Math.max(0, loss), 0) / losses.length;
  return metric === 'rootMeanSquaredError' ? Math.sqrt(mean) : mean;
}

/** The loss that the predictions would have if losses lie where they lay on the holdout. */
export function estimateLosses(
  estimator: LossEstimator,
  inputs: Table,
  predictions: Float64Array,
): Estimate<LossMetric>[] {
  const rows = Uint32Array.from(predictions, (_, row) => row).filter((row) => Number.isFinite(predictions[row]!));
  const [table, known] = [pickTableRows(inputs, rows), pick(predictions, rows)];
  const absolute = expectLosses(estimator.absolute, table, known);
  const squared = expectLosses(estimator.squared, table, known);
  return estimator.metrics.flatMap((reference) =>
    estimateLoss(reference, reference.metric === 'meanAbsoluteError' ? absolute : squared),
  );
}

/** One metric from the losses that are expected of each row; nothing without rows. */
export function estimateLoss(
  { metric, noise, ...reference }: LossReference,
  losses: Float64Array,
): Estimate<LossMetric>[] {
  const value = aggregateLosses(metric, losses);
  if (value === null) return [];
  return [toEstimate({ metric, value, error: samplingError(noise, losses.length), reference, limits })];
}

/** By the delta method for a root: var(x²) / (4 mean(x²)). */
function noiseOf(metric: LossMetric, losses: Float64Array, realized: number): SamplingNoise {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length;
  const isRoot = metric === 'rootMeanSquaredError';
  return {
    parts: [{ variance: isRoot && realized > 0 ? variance / (4 * realized ** 2) : variance, share: 1 }],
    factor: 1,
  };
}

function pick(values: Float64Array, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

function pickTableRows({ columns }: Table, rows: Uint32Array): Table {
  const picked = Object.entries(columns).map(([name, column]) => [
    name,
    column.kind === 'numeric'
      ? { kind: column.kind, values: pick(column.values, rows) }
      : { kind: column.kind, values: Array.from(rows, (row) => column.values[row]!) },
  ]);
  return { rowCount: rows.length, columns: Object.fromEntries(picked) };
}
