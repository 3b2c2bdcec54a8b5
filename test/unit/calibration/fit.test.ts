import { describe, expect, it } from 'vitest';
import { applyCalibrator, type Calibrator } from '../../../domain/calibration/calibrator.ts';
import { crossCalibrate, fitCalibrator } from '../../../domain/calibration/fit.ts';
import { measureScores } from '../../../domain/calibration/profile.ts';
import type { ScoredRows } from '../../../domain/calibration/scored-rows.ts';
import { logLoss, meanSquaredError, rocAuc } from '../../../domain/outcomes/metrics.ts';
import { drawBinary, drawMulticlass, drawValues } from './cases.ts';

const orderOf = (values: ArrayLike<number>) =>
  Array.from(values, (_, row) => row).sort((a, b) => values[a]! - values[b]! || a - b);

function calibrate({ predictions }: ScoredRows, calibrator: Calibrator | null) {
  expect(calibrator).not.toBeNull();
  return applyCalibrator(calibrator, predictions);
}

describe('fitCalibrator', () => {
  it('takes a line through the log odds for few rows', () => {
    const rows = drawBinary({ rows: 300, seed: 1, slope: 0.4, shift: -1 });
    const calibrator = fitCalibrator('binary', rows);
    expect(calibrator).toMatchObject({ kind: 'logistic' });
    const fresh = drawBinary({ rows: 4_000, seed: 2, slope: 0.4, shift: -1 });
    expect(logLoss(fresh.labels, calibrate(fresh, calibrator))!).toBeLessThan(
      logLoss(fresh.labels, fresh.predictions)! - 0.1,
    );
  });

  it('takes a free curve for many rows, where a line would not do', () => {
    const bent = (seed: number) => {
      const { labels, predictions } = drawBinary({ rows: 4_000, seed });
      return {
        labels,
        predictions: {
          width: 1,
          values: Float64Array.from(predictions.values, (p) => (p < 0.7 ? p / 7 : 0.1 + (p - 0.7) * 3)),
        },
      };
    };
    const calibrator = fitCalibrator('binary', bent(3));
    expect(calibrator).toMatchObject({ kind: 'isotonic' });
    const fresh = bent(4);
    expect(logLoss(fresh.labels, calibrate(fresh, calibrator))!).toBeLessThan(
      logLoss(fresh.labels, fresh.predictions)! - 0.05,
    );
  });

  it.each([300, 4_000])('never changes the order of %i rows, and never says 0 or 1', (count) => {
    const rows = drawBinary({ rows: count, seed: 5, slope: 3, shift: 1 });
    const { values } = calibrate(rows, fitCalibrator('binary', rows));
    expect(orderOf(values)).toEqual(orderOf(rows.predictions.values));
    expect(Array.from(values).every((p) => p > 0 && p < 1)).toBe(true);
    expect(rocAuc(rows.labels, values)).toBe(rocAuc(rows.labels, rows.predictions.values));
  });

  it('takes a temperature for several classes, which leaves the likeliest one', () => {
    const rows = drawMulticlass(2_000, 6, 0.5);
    const calibrator = fitCalibrator('multiclass', rows);
    expect(calibrator).toMatchObject({ kind: 'temperature', temperature: expect.closeTo(2, 0) });
    const { values } = calibrate(rows, calibrator);
    for (let row = 0; row < 2_000; row++) {
      const [before, after] = [rows.predictions.values, values].map((all) =>
        Array.from(all).slice(3 * row, 3 * row + 3),
      );
      expect(orderOf(after!)).toEqual(orderOf(before!));
      expect(after!.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
    }
  });

  it('takes a line for values', () => {
    const rows = drawValues(500, 7, 0.9, 20);
    const calibrated = calibrate(rows, fitCalibrator('regression', rows));
    expect(meanSquaredError(rows.labels, rows.predictions.values)!).toBeGreaterThan(200);
    expect(meanSquaredError(rows.labels, calibrated.values)!).toBeLessThan(1.3);
  });

  it('refuses few rows, a class that is hardly there, and outputs in the wrong order', () => {
    expect(fitCalibrator('binary', drawBinary({ rows: 99, seed: 8 }))).toBeNull();
    expect(fitCalibrator('binary', drawBinary({ rows: 500, seed: 8, shift: -8 }))).toBeNull();
    expect(fitCalibrator('binary', drawBinary({ rows: 500, seed: 8, slope: -1 }))).toBeNull();
    expect(fitCalibrator('regression', drawValues(500, 8, -1, 0))).toBeNull();
    expect(fitCalibrator('regression', drawValues(500, 8, 0, 3, 0))).toBeNull();
  });

  it('leaves outputs alone where there is no calibrator', () => {
    const { predictions } = drawBinary({ rows: 5, seed: 9 });
    expect(applyCalibrator(null, predictions)).toBe(predictions);
  });

  it('survives scores that are all alike, or said with certainty', () => {
    const { labels } = drawBinary({ rows: 400, seed: 10 });
    const alike = fitCalibrator('binary', {
      labels,
      predictions: { width: 1, values: new Float64Array(400).fill(0.9) },
    });
    expect(alike === null || alike.kind === 'logistic').toBe(true);
    const certain = fitCalibrator('binary', { labels, predictions: { width: 1, values: Float64Array.from(labels) } })!;
    expect(Array.from(applyCalibrator(certain, { width: 1, values: [0, 1] }).values).map((p) => Math.round(p))).toEqual(
      [0, 1],
    );
  });
});

describe('crossCalibrate', () => {
  it('gains nothing where nothing is to be gained', () => {
    const rows = drawBinary({ rows: 5_000, seed: 11 });
    const calibrated = crossCalibrate(rows, (others) => fitCalibrator('binary', others))!;
    expect(logLoss(rows.labels, calibrated)!).toBeGreaterThan(logLoss(rows.labels, rows.predictions)! - 0.002);
  });

  it('is null where a fifth of the rows leaves too few', () => {
    expect(crossCalibrate(drawBinary({ rows: 110, seed: 12 }), (others) => fitCalibrator('binary', others))).toBeNull();
  });
});

describe('measureScores', () => {
  it('measures error, loss and ranking', () => {
    const rows = drawBinary({ rows: 5_000, seed: 13 });
    const scores = measureScores('binary', rows)!;
    expect(scores).toMatchObject({ rows: 5_000, ranking: { kind: 'auc' } });
    expect(scores.ranking!.value).toBeCloseTo(rocAuc(rows.labels, rows.predictions.values)!, 12);
    expect(scores.loss).toBeCloseTo(logLoss(rows.labels, rows.predictions)!, 9);
    expect(measureScores('multiclass', drawMulticlass(500, 14, 1))!.ranking).toMatchObject({ kind: 'auc' });
  });

  it('knows no ranking of one class or of one value, and nothing of no rows', () => {
    const one = { labels: new Float64Array(50), predictions: { width: 1, values: new Float64Array(50).fill(0.3) } };
    expect(measureScores('binary', one)).toMatchObject({ ranking: null, error: 0 });
    expect(measureScores('regression', one)).toBeNull();
    expect(measureScores('binary', { labels: [], predictions: { width: 1, values: [] } })).toBeNull();
    expect(measureScores('binary', { labels: [1], predictions: { width: 1, values: [Number.NaN] } })).toBeNull();
  });
});
