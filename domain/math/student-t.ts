import { regularizedBeta } from './beta.ts';
import { normalQuantile } from './normal.ts';

/** P(T ≥ t) of Student's law with df > 0 degrees of freedom. Example: studentSurvival(2.0452, 29) = .025. */
export function studentSurvival(t: number, df: number): number {
  if (t === Infinity) return 0;
  const tail = regularizedBeta(df / (df + t * t), df / 2, 0.5) / 2;
  return t < 0 ? 1 - tail : tail;
}

/** By Cornish–Fisher from the normal quantile; off by under .01 from 9 degrees of freedom on at usual levels. */
export function studentQuantile(probability: number, df: number): number {
  const z = normalQuantile(probability);
  return z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df ** 2);
}
