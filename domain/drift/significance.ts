import { binomialCdf, binomialSurvival } from '../math/binomial.ts';
import { chiSquaredSurvival } from '../math/chi-squared.ts';
import type { Cell, CellTable } from './cells.ts';

export interface Significance {
  readonly chiSquared: number;
  /** Degrees of freedom of the chi-squared part; 0 where all rows lie in one cell. */
  readonly df: number;
  readonly pValue: number;
}

/**
 * p-value for "both windows come from the same distribution": Pearson's chi-squared on the dense cells, and an exact test of
 * whether the sparse rest fell evenly; where there is a rest, the smaller p of the two counts double (Bonferroni).
 */
export function testSameDistribution(table: CellTable): Significance {
  const df = Math.max(0, table.dense.length - 1);
  const chiSquared = df > 0 ? pearson(table.dense) : 0;
  const pDense = chiSquaredSurvival(chiSquared, df);
  if (table.rest === null) return { chiSquared, df, pValue: pDense };
  return { chiSquared, df, pValue: Math.min(1, 2 * Math.min(pDense, testRest(table.rest, table))) };
}

/** Pearson's statistic of a 2×B table without a correction for continuity. */
export function pearson(cells: readonly Cell[]): number {
  const [referenceRows, currentRows] = cells.reduce<Cell>(([a, b], cell) => [a + cell[0], b + cell[1]], [0, 0]);
  if (referenceRows === 0 || currentRows === 0) return 0;
  const share = referenceRows / (referenceRows + currentRows);
  let statistic = 0;
  for (const [a, b] of cells) {
    const rows = a + b;
    if (rows > 0) statistic += (a - rows * share) ** 2 / (rows * share * (1 - share));
  }
  return statistic;
}

/**
 * Twice the smaller binomial tail of the rest's rows in the current window, given how many rows the rest has. One row is added to the
 * reference's: what the rest is was chosen by the reference, as beyond its extremes or never seen in it, and rows there are
 * likelier than its count of 0 says.
 */
function testRest([reference, current]: Cell, { referenceRows, currentRows }: CellTable): number {
  const rows = reference + current + 1;
  const share = currentRows / (referenceRows + currentRows);
  return Math.min(1, 2 * Math.min(binomialCdf(current, rows, share), binomialSurvival(current, rows, share)));
}
