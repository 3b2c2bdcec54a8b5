import { describe, expect, it } from 'vitest';
import { quantileOf, sortFinite } from '../../../domain/quality/quantiles.ts';
import {
  cohensH,
  rowsForShare,
  smallestVisibleRise,
  testMeans,
  testProportions,
} from '../../../domain/quality/two-sample.ts';
import vectors from '../../vectors/quality.json' with { type: 'json' };

const countOf = ([hits, rows]: number[]) => ({ hits: hits!, rows: rows! });

describe('agreement with reference implementations', () => {
  it.each(vectors.proportions)('the test of two shares is that of statsmodels (%#)', (expected) => {
    const alternative = expected.alternative as 'greater' | 'less' | 'two-sided';
    const { statistic, pValue } = testProportions(countOf(expected.current), countOf(expected.reference), alternative);
    expect(statistic).toBeCloseTo(expected.statistic, 10);
    expect(pValue).toBeCloseTo(expected.pValue, 12);
  });

  it.each(vectors.means)('the test of two means is the one by Welch in scipy (%#)', (expected) => {
    const { statistic, pValue } = testMeans(expected.current, expected.reference);
    expect(statistic).toBeCloseTo(expected.statistic, 10);
    expect(pValue).toBeCloseTo(expected.pValue, 10);
  });

  it.each(vectors.power)('rows needed have a power of 80% by statsmodels (%#)', ({ powers, target, ...design }) => {
    expect(cohensH(target, design.reference)).toBeCloseTo(design.effectSize, 12);
    const needed = rowsForShare(target, design)!;
    for (const [rows, power] of powers) expect(rows! >= needed).toBe(power! >= 0.8);
    expect(design.reference + smallestVisibleRise(needed, design)).toBeLessThanOrEqual(target + 1e-12);
    expect(design.reference + smallestVisibleRise(needed - 1, design)).toBeGreaterThan(target);
  });

  it.each(vectors.quantiles)('quantiles are those of numpy (%#)', ({ values, quantiles }) => {
    for (const [share, quantile] of quantiles)
      expect(quantileOf(sortFinite(values), share!)).toBeCloseTo(quantile!, 12);
  });

  it('says nothing where there is nothing to test', () => {
    expect(testProportions({ hits: 0, rows: 0 }, { hits: 1, rows: 10 }, 'greater')).toEqual({
      statistic: 0,
      pValue: 1,
    });
    expect(testProportions({ hits: 5, rows: 5 }, { hits: 9, rows: 9 }, 'less')).toEqual({ statistic: 0, pValue: 1 });
    const constant = { mean: 2, variance: 0, rows: 10 };
    expect(testMeans(constant, constant).pValue).toBe(1);
    expect(testMeans(constant, { ...constant, mean: 3 }).pValue).toBe(0);
    expect(rowsForShare(0.3, { reference: 0.3, referenceRows: 100, level: 0.01 })).toBeNull();
  });
});
