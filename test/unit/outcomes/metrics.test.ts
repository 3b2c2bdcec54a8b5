import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  brierScore,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  rocAuc,
} from '../../../domain/outcomes/metrics.ts';
import vectors from '../../vectors/drift_metrics.json' with { type: 'json' };

describe('metrics', () => {
  it.each(vectors.binary)(
    'agree with scikit-learn on binary labels, tied and extreme scores included (%#)',
    (expected) => {
      const { labels, scores } = expected;
      const predictions = { width: 1, values: scores };
      expect(rocAuc(labels, scores)).toBeCloseTo(expected.rocAuc, 12);
      expect(logLoss(labels, predictions)).toBeCloseTo(expected.logLoss, 12);
      expect(brierScore(labels, scores)).toBeCloseTo(expected.brierScore, 12);
      expect(accuracy(labels, predictions)).toBeCloseTo(expected.accuracy, 12);
    },
  );

  it('agree with scikit-learn on three classes', () => {
    const { labels, probabilities, ...expected } = vectors.multiclass;
    const predictions = { width: 3, values: probabilities };
    expect(logLoss(labels, predictions)).toBeCloseTo(expected.logLoss, 12);
    expect(accuracy(labels, predictions)).toBeCloseTo(expected.accuracy, 12);
  });

  it('agree with scikit-learn on regression', () => {
    const { labels, values, ...expected } = vectors.regression;
    expect(meanSquaredError(labels, values)).toBeCloseTo(expected.meanSquaredError, 12);
    expect(meanAbsoluteError(labels, values)).toBeCloseTo(expected.meanAbsoluteError, 12);
  });

  it('leave out rows that have no label', () => {
    expect(accuracy([1, NaN, 0], { width: 1, values: [0.9, 0.9, 0.9] })).toBe(0.5);
    expect(rocAuc([1, NaN, 0], [0.9, 0.95, 0.1])).toBe(1);
  });

  it('are null, never NaN, without rows, without a class, or for predictions that are no numbers', () => {
    expect(accuracy([], { width: 1, values: [] })).toBeNull();
    expect(rocAuc([1, 1], [0.2, 0.3])).toBeNull();
    expect(rocAuc([1, 0], [NaN, 0.3])).toBeNull();
    expect(logLoss([1], { width: 1, values: [NaN] })).toBeNull();
    expect(meanSquaredError([1], [Infinity])).toBeNull();
  });
});

describe('rocAuc', () => {
  const rows = fc.array(fc.record({ label: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: 0, max: 9 }) }));

  it('is the share of pairs in the right order, ties counting half', () => {
    fc.assert(
      fc.property(rows, (sample) => {
        const positive = sample.filter(({ label }) => label === 1);
        const negative = sample.filter(({ label }) => label === 0);
        const wins = positive.flatMap((p) => negative.map((n) => (Math.sign(p.score - n.score) + 1) / 2));
        const expected = wins.length === 0 ? null : wins.reduce((a, b) => a + b) / wins.length;
        const actual = rocAuc(
          sample.map(({ label }) => label),
          sample.map(({ score }) => score),
        );
        if (expected === null) expect(actual).toBeNull();
        else expect(actual).toBeCloseTo(expected, 12);
      }),
    );
  });
});
