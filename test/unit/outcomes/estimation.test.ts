import { describe, expect, it } from 'vitest';
import { createRng } from '../../../domain/math/rng.ts';
import { estimateClasses, fitClassEstimator } from '../../../domain/outcomes/estimation/class-estimator.ts';
import type { Estimate } from '../../../domain/outcomes/estimation/estimate.ts';
import {
  describeLosses,
  estimateLoss,
  estimateLosses,
  fitLossEstimator,
} from '../../../domain/outcomes/estimation/loss-estimator.ts';
import vectors from '../../vectors/estimation.json' with { type: 'json' };

interface Expected {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly lowerThreshold: number;
  readonly upperThreshold: number;
  readonly isOutside: boolean;
}

function expectEqual(found: Estimate | undefined, expected: Expected, comparesInterval = true): void {
  expect(found!.value).toBeCloseTo(expected.value, 6);
  expect(found!.thresholds.lower).toBeCloseTo(expected.lowerThreshold, 9);
  expect(found!.thresholds.upper).toBeCloseTo(expected.upperThreshold, 9);
  expect(found!.isOutside).toBe(expected.isOutside);
  if (!comparesInterval) return;
  expect(found!.interval!.lower).toBeCloseTo(expected.lower, 6);
  expect(found!.interval!.upper).toBeCloseTo(expected.upper, 6);
}

describe('estimateClasses', () => {
  const cases = vectors.cbpe.flatMap((one) => Object.keys(one.expected).map((metric) => ({ metric, ...one })));

  it.each(cases)(
    'estimates the $metric as NannyML does: $name',
    ({ metric, width, reference, labels, later, ...one }) => {
      const estimator = fitClassEstimator({ width, values: reference }, labels)!;
      expect(estimator.calibration.map((curve) => curve !== null)).toEqual(one.needsCalibration);
      const expected = (one.expected as Record<string, Expected[]>)[metric]!;
      expected.forEach((chunk, index) => {
        const values = later.slice(index * vectors.chunk * width, (index + 1) * vectors.chunk * width);
        const found = estimateClasses(estimator, { width, values }).find((estimate) => estimate.metric === metric);
        // NannyML's error of the accuracy over several classes is 0 by mistake; see measureNoise.
        expectEqual(found, chunk, width === 1 || metric !== 'accuracy');
      });
    },
  );
});

describe('estimateLoss', () => {
  const { reference, labels, losses } = vectors.dle;
  const absolute = Float64Array.from(reference, (prediction, row) => Math.abs(prediction - labels[row]!));

  it.each(describeLosses(absolute))('makes of predicted losses what NannyML does: $metric', (described) => {
    const expected: readonly Expected[] = vectors.dle.expected[described.metric];
    expected.forEach((chunk, index) => {
      const predicted = Float64Array.from(losses.slice(index * vectors.chunk, (index + 1) * vectors.chunk));
      expectEqual(estimateLoss(described, predicted)[0], chunk);
    });
  });
});

describe('fitClassEstimator', () => {
  it('is null for a holdout of fewer than 200 known rows', () => {
    const values = Float64Array.from({ length: 400 }, (_, row) => (row % 2 === 0 ? 0.5 : Number.NaN));
    expect(fitClassEstimator({ width: 1, values: values.slice(0, 398) }, new Float64Array(398))).toBeNull();
    expect(fitClassEstimator({ width: 1, values }, new Float64Array(400))).not.toBeNull();
  });

  it('leaves out metrics that a holdout of one class does not have', () => {
    const estimator = fitClassEstimator({ width: 1, values: new Float64Array(300).fill(0.2) }, new Float64Array(300))!;
    expect(estimator.metrics.map(({ metric }) => metric)).toEqual(['accuracy']);
    expect(estimateClasses(estimator, { width: 1, values: [0.2, Number.NaN] })).toMatchObject([{ value: 0.8 }]);
    expect(estimateClasses(estimator, { width: 1, values: [] })).toEqual([]);
  });
});

describe('fitLossEstimator', () => {
  const random = createRng(1);
  const rows = 4_000;
  /** Errors are three times as large in the north, and grow with the load. */
  function draw(share: number) {
    const region = Array.from({ length: rows }, () => (random() < share ? 'north' : 'south'));
    const load = Float64Array.from({ length: rows }, () => random());
    const predictions = Float64Array.from({ length: rows }, () => random());
    const labels = predictions.map(
      (value, row) => value + (random() - 0.5) * (region[row] === 'north' ? 3 : 1) * (1 + load[row]!),
    );
    const columns = {
      region: { kind: 'categorical', values: region },
      load: { kind: 'numeric', values: load },
    } as const;
    return { inputs: { rowCount: rows, columns }, predictions, labels };
  }
  const before = draw(0.2);
  const estimator = fitLossEstimator(before.inputs, before.predictions, before.labels)!;

  it('sees the loss grow with the share of rows that are hard', () => {
    const later = draw(0.8);
    const realized =
      later.predictions.reduce((sum, value, row) => sum + Math.abs(value - later.labels[row]!), 0) / rows;
    const [found] = estimateLosses(JSON.parse(JSON.stringify(estimator)), later.inputs, later.predictions);
    expect(found).toMatchObject({ metric: 'meanAbsoluteError', isOutside: true });
    expect(Math.abs(found!.value - realized)).toBeLessThan(0.05);
  });

  it('finds nothing where nothing has changed, and copes with a feature that is gone', () => {
    const later = draw(0.2);
    const estimates = estimateLosses(estimator, later.inputs, later.predictions);
    expect(estimates.map(({ isOutside }) => isOutside)).toEqual([false, false, false]);
    const gone = estimateLosses(estimator, { rowCount: rows, columns: {} }, later.predictions);
    expect(gone.every(({ value }) => Number.isFinite(value))).toBe(true);
  });

  it('is null for a holdout of fewer than 200 known rows', () => {
    const unknown = new Float64Array(rows).fill(Number.NaN);
    expect(fitLossEstimator(before.inputs, before.predictions, unknown)).toBeNull();
  });
});
