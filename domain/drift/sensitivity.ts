import { noncentralityFor } from '../math/noncentral-chi-squared.ts';

const power = 0.8;

/**
 * Smallest true PSI that the chi-squared test on df + 1 cells calls significant with 80% power: λ(1/n + 1/m), because
 * PSI / (1/n + 1/m) is χ²(df, λ) (Yurdakul 2018). undefined where there is nothing to test.
 */
export function smallestVisibleStability(design: {
  readonly df: number;
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly level: number;
}): number | undefined {
  const { df, referenceRows, currentRows, level } = design;
  if (df < 1) return undefined;
  return noncentralityFor(df, level, power) * (1 / referenceRows + 1 / currentRows);
}

/** Current rows in which a PSI of that size is significant with 80% power; undefined where the reference is too short for any number. */
export function rowsNeededForStability(design: {
  readonly df: number;
  readonly referenceRows: number;
  readonly stability: number;
  readonly level: number;
}): number | undefined {
  const { df, referenceRows, stability, level } = design;
  if (df < 1) return undefined;
  const inverseRows = stability / noncentralityFor(df, level, power) - 1 / referenceRows;
  return inverseRows > 0 ? Math.ceil(1 / inverseRows) : undefined;
}
