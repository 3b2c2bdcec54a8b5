import { gammaSurvival } from './gamma.ts';

/** P(X > x) of the chi-squared law with `df` degrees of freedom; 1 for df ≤ 0. Example: chiSquaredSurvival(3.841, 1) = 0.05. */
export function chiSquaredSurvival(x: number, df: number): number {
  return df <= 0 ? 1 : gammaSurvival(df / 2, x / 2);
}
