import { describe, expect, it } from 'vitest';
import { binomialCdf, binomialSurvival, binomialTwoSided } from '../../../domain/math/binomial.ts';
import { chiSquaredSurvival } from '../../../domain/math/chi-squared.ts';
import { logGamma } from '../../../domain/math/gamma.ts';
import { kolmogorovSurvival } from '../../../domain/math/kolmogorov.ts';
import { normalCdf, normalQuantile } from '../../../domain/math/normal.ts';
import { noncentralChiSquaredSurvival, noncentralityFor } from '../../../domain/math/noncentral-chi-squared.ts';
import vectors from '../../vectors/drift_math.json' with { type: 'json' };

const functions: Record<string, (...args: number[]) => number> = {
  logGamma: (x) => logGamma(x!),
  chiSquaredSurvival: (x, df) => chiSquaredSurvival(x!, df!),
  noncentralChiSquaredSurvival: (x, df, noncentrality) => noncentralChiSquaredSurvival(x!, df!, noncentrality!),
  normalCdf: (z) => normalCdf(z!),
  normalQuantile: (p) => normalQuantile(p!),
  kolmogorovSurvival: (x) => kolmogorovSurvival(x!),
  binomialSurvival: (k, n, p) => binomialSurvival(k!, n!, p!),
  binomialCdf: (k, n, p) => binomialCdf(k!, n!, p!),
  binomialTwoSided: (k, n) => binomialTwoSided(k!, n!),
};

describe('special functions', () => {
  it.each(Object.keys(functions))('%s agrees with scipy to nine digits, far into the tails too', (name) => {
    const rows = vectors[name as keyof typeof vectors] as unknown as number[][];
    for (const row of rows) {
      const expected = row.at(-1)!;
      const actual = functions[name]!(...row.slice(0, -1));
      // ln Γ crosses zero, where only an absolute error makes sense.
      const tolerance = 1e-9 * Math.abs(expected) + (name === 'logGamma' ? 1e-14 : 1e-300);
      expect(Math.abs(actual - expected), `${name}(${row.slice(0, -1).join(', ')})`).toBeLessThanOrEqual(tolerance);
    }
  });
});

describe('noncentralityFor', () => {
  it('is where the test of that level has that power', () => {
    expect(noncentralityFor(1, 0.05, 0.8)).toBeCloseTo(7.849, 3);
    expect(noncentralChiSquaredSurvival(82.5287, 63, noncentralityFor(63, 0.05, 0.8))).toBeCloseTo(0.8, 5);
  });
});
