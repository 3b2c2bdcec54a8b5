import type { Histogram } from './histogram.ts';
import { requireSameCells } from './histogram.ts';

/** Rows of the reference and of the current window in one cell. */
export type Cell = readonly [reference: number, current: number];

/** Two windows on common cells, each with enough rows for a chi-squared test, and what remains of the sparse ones. */
export interface CellTable {
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly dense: readonly Cell[];
  readonly rest: Cell | null;
}

const leastExpectedRows = 5;

/**
 * Merges neighbouring cells in which either window expects fewer than 5 rows until both expect 5. Sparse cells are merged
 * with sparse ones only: inside a large cell, a thousand rows of a category that the reference never had would vanish.
 */
export function tabulateCells(reference: Histogram, current: Histogram): CellTable {
  requireSameCells(reference, current);
  const referenceRows = sum(reference.counts);
  const currentRows = sum(current.counts);
  const rows = referenceRows + currentRows;
  const smallerShare = Math.min(referenceRows, currentRows) / rows;
  const isNumeric = reference.spec.kind === 'numeric';
  // Numeric cells were cut to hold so many rows of the reference: merging by what the current window adds would favour a finding.
  const expect = ([a, b]: Cell) => (isNumeric ? a * (rows / referenceRows) : a + b) * smallerShare;
  const isDense = (cell: Cell) => expect(cell) >= leastExpectedRows;
  const dense: Cell[] = [];
  let rest: Cell = [0, 0];
  reference.counts.forEach((count, index) => {
    const cell: Cell = [count, current.counts[index]!];
    if (isDense(cell)) return void dense.push(cell);
    rest = [rest[0] + cell[0], rest[1] + cell[1]];
    if (!isDense(rest)) return;
    dense.push(rest);
    rest = [0, 0];
  });
  return { referenceRows, currentRows, dense, rest: rest[0] + rest[1] > 0 ? rest : null };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
