import { chiSquaredSurvival } from './chi-squared.ts';
import { gammaSurvival, logGamma } from './gamma.ts';

/**
 * P(X > x) of the non-central chi-squared law: central tails of df, df + 2, df + 4, … weighted by Poisson(λ/2). For
 * noncentralities up to about 1,000, beyond which the first weight vanishes.
 */
export function noncentralChiSquaredSurvival(x: number, df: number, noncentrality: number): number {
  if (x <= 0) return 1;
  const half = noncentrality / 2;
  let weight = Math.exp(-half);
  let tail = gammaSurvival(df / 2, x / 2);
  let step = Math.exp((df / 2) * Math.log(x / 2) - x / 2 - logGamma(df / 2 + 1));
  let sum = weight * tail;
  for (let k = 1; k <= half || weight > sum * 1e-17; k++) {
    weight *= half / k;
    tail += step;
    step *= x / (df + 2 * k);
    sum += weight * tail;
  }
  return Math.min(1, sum);
}

/**
 * The noncentrality at which a chi-squared test of level `alpha` rejects with the given power.
 * Example: 7.85 for df = 1, α = .05, power 80%.
 */
export function noncentralityFor(df: number, alpha: number, power: number): number {
  const critical = findRoot((x) => alpha - chiSquaredSurvival(x, df));
  return findRoot((noncentrality) => noncentralChiSquaredSurvival(critical, df, noncentrality) - power);
}

/** Where an increasing function of x > 0 crosses zero, by doubling and then halving. */
function findRoot(increasing: (x: number) => number): number {
  let high = 1;
  while (increasing(high) < 0) high *= 2;
  let low = 0;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (increasing(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}
