/** Sizes of a version's errors on its holdout (split conformal prediction). Plain JSON. */
export interface Residuals {
  /** Rows of the holdout. */
  readonly rows: number;
  /** Ascending; of more than 2,000 every k-th with the largest, where k = `every`. */
  readonly sizes: readonly number[];
  readonly every: number;
}

const mostSizes = 2_000;

/** Keeps the sizes of `label − value`. Null where there are none. */
export function measureResiduals(labels: ArrayLike<number>, values: ArrayLike<number>): Residuals | null {
  const all = Float64Array.from({ length: labels.length }, (_, row) => Math.abs(labels[row]! - values[row]!))
    .filter(Number.isFinite)
    .sort();
  if (all.length === 0) return null;
  const every = Math.ceil(all.length / mostSizes);
  const kept = Math.ceil(all.length / every);
  const sizes = Array.from({ length: kept }, (_, index) => all[Math.min(all.length, (index + 1) * every) - 1]!);
  return { rows: all.length, sizes, every };
}

/**
 * Half the width of an interval around a value that holds the outcome with probability `level`, if outcomes go on as on the holdout: the
 * ⌈(n + 1) · level⌉-th smallest error of n (split conformal prediction; Papadopoulos et al. 2002, Lei et al. 2018). Whatever the model and the
 * law of the data, its coverage is at least `level` and at most level + 1/(n + 1) for exchangeable rows. Null where n is too small for
 * the level: 9 rows allow .9, 19 rows .95.
 *
 * Example: errors 1, 2, …, 9 at level .8: the ⌈8⌉th, 8.
 */
export function halfWidth({ rows, sizes, every }: Residuals, level: number): number | null {
  // Rounded, so that (9 + 1) · 0.9 is 9.
  const rank = Math.ceil(Number(((rows + 1) * level).toPrecision(12)));
  if (rank > rows) return null;
  return sizes[Math.ceil(rank / every) - 1] ?? null;
}
