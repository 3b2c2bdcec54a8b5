import type { ShareContract } from './contract.ts';
import type { Count } from './two-sample.ts';

/** Adds up counts of stretches. */
export function summarizeShares(counts: readonly Count[]): ShareContract {
  const sum = { hits: 0, rows: 0, highest: 0 };
  for (const { hits, rows } of counts) {
    sum.hits += hits;
    sum.rows += rows;
    if (rows > 0) sum.highest = Math.max(sum.highest, hits / rows);
  }
  return sum;
}
