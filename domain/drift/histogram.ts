/**
 * Cells of a numeric feature: below `min`, one cell per upper bound (bound included), above the last one, missing.
 * `positions` says where the mass of each cell but the missing one lies, in standard deviations of the reference from
 * its mean; values outside the reference's range count as lying at its end.
 */
export interface NumericSpec {
  readonly kind: 'numeric';
  readonly min: number;
  readonly uppers: readonly number[];
  readonly positions: readonly number[];
}

/** Cells of a categorical feature: one per category of `top`, any other (also one never seen before), missing. */
export interface CategoricalSpec {
  readonly kind: 'categorical';
  readonly top: readonly string[];
}

export type HistogramSpec = NumericSpec | CategoricalSpec;

/** How many rows of a window fall in each cell of a spec. All that drift needs to remember of a window; plain JSON. */
export interface Histogram {
  readonly spec: HistogramSpec;
  readonly counts: readonly number[];
}

/** Adds two windows that were counted on the same cells. Associative and commutative, so that windows can be counted in parts. */
export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  requireSameCells(a, b);
  return { spec: a.spec, counts: a.counts.map((count, cell) => count + b.counts[cell]!) };
}

/** Throws where two histograms were not counted on the same cells: their counts can't be compared or added. */
export function requireSameCells(a: Histogram, b: Histogram): void {
  if (a.spec === b.spec || JSON.stringify(a.spec) === JSON.stringify(b.spec)) return;
  throw new Error(
    'These histograms have different cells: count both windows on the spec that was cut on the reference.',
  );
}

/** Rows of the window, missing values included. */
export function countRows(histogram: Histogram): number {
  return histogram.counts.reduce((sum, count) => sum + count, 0);
}
