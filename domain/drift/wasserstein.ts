import type { Histogram } from './histogram.ts';

/**
 * How far the present values of a numeric feature moved, in standard deviations of the reference: the 1-Wasserstein distance less its
 * mean without drift, never below 0. The mass of each cell is taken to lie at the reference's mean there, so values
 * beyond the reference's range count as lying at its end. Without drift the distance has the mean Σ √(2/π · F(1 − F)(1/n + 1/m)) Δ over
 * the gaps Δ between cells. Example: a normal variable whose mean moves by δ standard deviations scores about δ.
 */
export function measureDistance(reference: Histogram, current: Histogram): number {
  if (reference.spec.kind !== 'numeric') return 0;
  const { positions } = reference.spec;
  const n = sumOf(reference.counts, positions.length);
  const m = sumOf(current.counts, positions.length);
  if (n === 0 || m === 0) return 0;
  let a = 0;
  let b = 0;
  let distance = 0;
  for (let cell = 0; cell + 1 < positions.length; cell++) {
    a += reference.counts[cell]!;
    b += current.counts[cell]!;
    const pooled = (a + b) / (n + m);
    const byChance = Math.sqrt((2 / Math.PI) * pooled * (1 - pooled) * (1 / n + 1 / m));
    distance += (Math.abs(a / n - b / m) - byChance) * (positions[cell + 1]! - positions[cell]!);
  }
  return Math.max(0, distance);
}

function sumOf(counts: readonly number[], cells: number): number {
  let total = 0;
  for (let cell = 0; cell < cells; cell++) total += counts[cell]!;
  return total;
}
