import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../domain/drift/cells.ts';
import { judgeSeparation } from '../../../domain/drift/classifier-two-sample.ts';
import { ksPValue, ksStatistic } from '../../../domain/drift/kolmogorov-smirnov.ts';
import { adjustByBenjaminiHochberg, adjustByHolm } from '../../../domain/drift/multiple-testing.ts';
import { countNumeric, cutNumeric } from '../../../domain/drift/numeric-histogram.ts';
import { pearson } from '../../../domain/drift/significance.ts';
import { measureDistance } from '../../../domain/drift/wasserstein.ts';
import { chiSquaredSurvival } from '../../../domain/math/chi-squared.ts';
import vectors from '../../vectors/drift_two_sample.json' with { type: 'json' };

describe('agreement with reference implementations', () => {
  it.each(vectors.kolmogorovSmirnov)(
    'ksStatistic and its p-value are those of scipy, ties included (%#)',
    (expected) => {
      const { a, b } = expected;
      const cells = [...new Set([...a, ...b])].sort((x, y) => x - y);
      const countIn = (values: readonly number[]) =>
        cells.map((cell) => values.filter((value) => value === cell).length);
      expect(ksStatistic(countIn(a), countIn(b))).toBeCloseTo(expected.statistic, 12);
      expect(ksPValue(expected.statistic, a.length, b.length)).toBeCloseTo(expected.pValue, 12);
    },
  );

  it.each(vectors.chiSquared)('the chi-squared statistic and its p-value are those of scipy (%#)', (expected) => {
    const cells = expected.reference.map((count, cell): Cell => [count, expected.current[cell]!]);
    expect(pearson(cells)).toBeCloseTo(expected.statistic, 9);
    expect(chiSquaredSurvival(pearson(cells), expected.df)).toBeCloseTo(expected.pValue, 12);
  });

  it.each(vectors.mannWhitney)('the p-value of a separation is that of scipy (%#)', ({ pValue, ...separation }) => {
    expect(judgeSeparation(separation).pValue).toBeCloseTo(pValue, 12);
  });

  it.each(vectors.adjusted)('adjusted p-values are those of statsmodels (%#)', ({ pValues, bh, holm }) => {
    adjustByBenjaminiHochberg(pValues).forEach((p, index) => expect(p).toBeCloseTo(bh[index]!, 12));
    adjustByHolm(pValues).forEach((p, index) => expect(p).toBeCloseTo(holm[index]!, 12));
  });

  it.each(vectors.wasserstein)(
    'the distance less its mean by chance is that of scipy under permutation, but for what cells blur (%#)',
    ({ a, b, distance, byChance }) => {
      const spec = cutNumeric(a);
      const measured = measureDistance(countNumeric(spec, a), countNumeric(spec, b));
      expect(Math.abs(measured - Math.max(0, distance - byChance))).toBeLessThan(0.04);
    },
  );
});
