import { describe, expect, it } from 'vitest';
import { applyCalibrator } from '../../../domain/calibration/calibrator.ts';
import { fitLine } from '../../../domain/calibration/line.ts';
import { fitLogistic } from '../../../domain/calibration/logistic.ts';
import { measureScores } from '../../../domain/calibration/profile.ts';
import { fitTemperature } from '../../../domain/calibration/temperature.ts';
import { logLoss } from '../../../domain/outcomes/metrics.ts';
import vectors from '../../vectors/calibration.json' with { type: 'json' };

describe('agreement with reference implementations', () => {
  it.each(vectors.logistic)(
    'logistic calibration is the likeliest by statsmodels, and Platt in scikit-learn (%#)',
    (expected) => {
      const fitted = fitLogistic(expected.labels, expected.probabilities)!;
      expect(fitted.slope).toBeCloseTo(expected.slope, 8);
      expect(fitted.intercept).toBeCloseTo(expected.intercept, 8);
      expect(fitted.slope).toBeCloseTo(expected.scikitLearn.slope, 3);
      expect(fitted.intercept).toBeCloseTo(expected.scikitLearn.intercept, 3);
    },
  );

  it.each(vectors.temperature)('the temperature is the best that scipy finds (%#)', (expected) => {
    const predictions = { width: expected.classes, values: expected.probabilities };
    const fitted = fitTemperature(expected.labels, predictions);
    expect(fitted.temperature).toBeCloseTo(expected.temperature, 5);
    expect(logLoss(expected.labels, applyCalibrator(fitted, predictions))).toBeCloseTo(expected.loss, 9);
  });

  it.each(vectors.line)(
    'the line and the correlation are those of numpy and scipy (%#)',
    ({ values, labels, ...expected }) => {
      const fitted = fitLine(labels, values)!;
      expect(fitted.slope).toBeCloseTo(expected.slope, 9);
      expect(fitted.intercept).toBeCloseTo(expected.intercept, 7);
      const scores = measureScores('regression', { labels, predictions: { width: 1, values } })!;
      expect(scores.ranking).toMatchObject({ kind: 'correlation', standardError: 1 / Math.sqrt(labels.length - 3) });
      expect(scores.ranking!.value).toBeCloseTo(expected.correlation, 12);
    },
  );
});
