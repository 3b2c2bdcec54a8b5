import { regularizedBeta } from '../math/beta.ts';
import { normalCdf, normalQuantile } from '../math/normal.ts';

/** Rows of a window, and how many of them have what is counted. */
export interface Count {
  readonly hits: number;
  readonly rows: number;
}

export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * Have the two windows the same share? z = (p₁ − p₀) / √(p(1 − p)(1/n₁ + 1/n₀)) with the pooled share p; `greater` and `less` ask
 * for one side only. Equal to statsmodels' proportions_ztest. Without rows, or where the pooled share is 0 or 1: z = 0, p = 1.
 *
 * Example: 30 of 200 against 50 of 1,000 give z = 5.20.
 */
export function testProportions(
  current: Count,
  reference: Count,
  alternative: 'greater' | 'less' | 'two-sided',
): TestResult {
  const pooled = (current.hits + reference.hits) / (current.rows + reference.rows);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / current.rows + 1 / reference.rows));
  if (!(error > 0) || !Number.isFinite(error)) return { statistic: 0, pValue: 1 };
  const statistic = (shareOf(current) - shareOf(reference)) / error;
  if (alternative === 'greater') return { statistic, pValue: normalCdf(-statistic) };
  if (alternative === 'less') return { statistic, pValue: normalCdf(statistic) };
  return { statistic, pValue: 2 * normalCdf(-Math.abs(statistic)) };
}

export interface Moments {
  readonly mean: number;
  /** Of the sample: divided by rows − 1. */
  readonly variance: number;
  readonly rows: number;
}

/**
 * Have the two windows the same mean, whatever their variances? Welch's t with the degrees of freedom of Satterthwaite, two-sided.
 * Equal to scipy's ttest_ind(equal_var=False). Windows that don't vary: p = 1 where they are equal, else 0.
 */
export function testMeans(current: Moments, reference: Moments): TestResult {
  const a = current.variance / current.rows;
  const b = reference.variance / reference.rows;
  const difference = current.mean - reference.mean;
  if (!(a + b > 0)) return { statistic: 0, pValue: difference === 0 ? 1 : 0 };
  const statistic = difference / Math.sqrt(a + b);
  const share = a / (a + b);
  const df = 1 / (share ** 2 / (current.rows - 1) + (1 - share) ** 2 / (reference.rows - 1));
  return { statistic, pValue: regularizedBeta(df / (df + statistic ** 2), df / 2, 0.5) };
}

/** Cohen's h of two shares, 2 asin √p₁ − 2 asin √p₀: a difference that counts as much at .01 as at .5. */
export function cohensH(current: number, reference: number): number {
  return 2 * (Math.asin(Math.sqrt(clampShare(current))) - Math.asin(Math.sqrt(clampShare(reference))));
}

export interface ShareDesign {
  /** Share of the reference, and its rows. */
  readonly reference: number;
  readonly referenceRows: number;
  readonly level: number;
}

const power = 0.8;

/** Rows of a window that show the share `target` with 80% power, one-sided; null where no number does against so few reference rows. */
export function rowsForShare(target: number, design: ShareDesign): number | null {
  const h = Math.abs(cohensH(target, design.reference));
  const z = reach(design.level);
  const rows = 1 / ((h / z) ** 2 - 1 / design.referenceRows);
  return rows > 0 && Number.isFinite(rows) ? Math.ceil(rows) : null;
}

/** How far above the reference's share a window's must lie to be seen with 80% power in so many rows. */
export function smallestVisibleRise(rows: number, { reference, referenceRows, level }: ShareDesign): number {
  const h = reach(level) * Math.sqrt(1 / rows + 1 / referenceRows);
  const angle = Math.min(Math.PI / 2, Math.asin(Math.sqrt(clampShare(reference))) + h / 2);
  return Math.sin(angle) ** 2 - reference;
}

export function shareOf({ hits, rows }: Count): number {
  return rows === 0 ? 0 : hits / rows;
}

function reach(level: number): number {
  return normalQuantile(1 - level) + normalQuantile(power);
}

function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}
