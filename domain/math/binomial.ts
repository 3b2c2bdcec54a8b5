import { regularizedBeta } from './beta.ts';

/** P(X ≥ k) for X ~ Binomial(n, p), relatively accurate in the upper tail. Example: binomialSurvival(9, 10, 0.5) = 11/1024. */
export function binomialSurvival(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return regularizedBeta(p, k, n - k + 1);
}

/** P(X ≤ k) for X ~ Binomial(n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  return binomialSurvival(n - k, n, 1 - p);
}

/** Exact two-sided p-value of k successes in n fair tosses: twice the smaller tail, at most 1. McNemar's exact test. */
export function binomialTwoSided(k: number, n: number): number {
  return Math.min(1, 2 * binomialSurvival(Math.max(k, n - k), n, 0.5));
}
