import type { CellTable } from './cells.ts';

/**
 * Debiased population stability index: PSI = Σ (q − p) ln(q/p) over B cells, with half a row added to each count, less its
 * mean without drift, (1/n + 1/m)(B − 1) (Yurdakul 2018); never below 0. Convention calls .1 moderate, .25 large; a normal variable whose
 * mean moves by δ standard deviations has PSI = δ².
 */
export function measureStability(table: CellTable): number {
  const cells = table.rest === null ? table.dense : [...table.dense, table.rest];
  const n = table.referenceRows + cells.length / 2;
  const m = table.currentRows + cells.length / 2;
  let psi = 0;
  for (const [reference, current] of cells) {
    const p = (reference + 0.5) / n;
    const q = (current + 0.5) / m;
    psi += (q - p) * Math.log(q / p);
  }
  return Math.max(0, psi - (1 / table.referenceRows + 1 / table.currentRows) * (cells.length - 1));
}
