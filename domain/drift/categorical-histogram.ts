import type { CategoricalSpec, Histogram } from './histogram.ts';

/** Largest share of rows by which choosing the categories on the reference may favour the reference. */
const toleratedSelectionBias = 0.01;

/**
 * Chooses the categories with a cell of their own, at most `top` of the most frequent of the reference, and counts it on them; null
 * is missing.
 *
 * Categories are chosen by the reference's counts, and those chosen by luck are rarer in any other window: by Good and Turing, the
 * categories with at least c rows hold c·f_c rows less there (f_c categories have exactly c rows; c = 1: the rows
 * of categories never seen before). So the cut is made at the least c where that is at most 1% of the rows; otherwise a
 * column of ids, or one with a long tail, would drift for ever.
 */
export function describeCategorical(
  reference: ArrayLike<string | null>,
  options: { readonly top: number } = { top: 50 },
): Histogram & { readonly spec: CategoricalSpec } {
  const { rowsOf, missing } = countCategories(reference);
  return describeCounted(rowsOf, missing, options);
}

/** Rows of each category. The number is in a box, so that counting a row costs one look-up. */
export type CategoryRows = ReadonlyMap<string, { readonly rows: number }>;

/** The same for a reference whose categories have been counted already. */
export function describeCounted(
  rowsOf: CategoryRows,
  missing: number,
  options: { readonly top: number } = { top: 50 },
): Histogram & { readonly spec: CategoricalSpec } {
  let present = 0;
  for (const { rows } of rowsOf.values()) present += rows;
  const least = chooseLeastRows(rowsOf, options.top, present + missing);
  const chosen = [...rowsOf].filter(([, { rows }]) => rows >= least);
  // By name: cells are merged with their neighbours, and neighbours by frequency would share the reference's luck.
  chosen.sort(([a], [b]) => (a < b ? -1 : 1));
  const counts = chosen.map(([, { rows }]) => rows);
  const other = present - counts.reduce((sum, rows) => sum + rows, 0);
  const spec = { kind: 'categorical', top: chosen.map(([category]) => category) } as const;
  return { spec, counts: [...counts, other, missing] };
}

/** The cells that `describeCategorical` chooses. */
export function cutCategorical(
  reference: ArrayLike<string | null>,
  options?: { readonly top: number },
): CategoricalSpec {
  return describeCategorical(reference, options).spec;
}

/** Counts a window on the cells of `spec`; null counts as missing, what has no cell of its own as other. */
export function countCategorical(spec: CategoricalSpec, values: ArrayLike<string | null>): Histogram {
  const cells = new Map(spec.top.map((category, cell) => [category, cell]));
  const other = spec.top.length;
  const counts = new Array<number>(other + 2).fill(0);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? null;
    counts[value === null ? other + 1 : (cells.get(value) ?? other)]! += 1;
  }
  return { spec, counts };
}

/** A window that was counted elsewhere: rows of each category of `spec`, of all others together, and without a value. */
export function assembleCategorical(
  spec: CategoricalSpec,
  rowsOf: CategoryRows,
  { other, missing }: { readonly other: number; readonly missing: number },
): Histogram {
  return { spec, counts: [...spec.top.map((category) => rowsOf.get(category)?.rows ?? 0), other, missing] };
}

function countCategories(values: ArrayLike<string | null>): {
  readonly rowsOf: CategoryRows;
  readonly missing: number;
} {
  const rowsOf = new Map<string, { rows: number }>();
  let missing = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? null;
    if (value === null) {
      missing += 1;
      continue;
    }
    const known = rowsOf.get(value);
    if (known === undefined) rowsOf.set(value, { rows: 1 });
    else known.rows += 1;
  }
  return { rowsOf, missing };
}

/** The least number of rows that earns a category its cell. */
function chooseLeastRows(rowsOf: CategoryRows, top: number, rows: number): number {
  const categoriesByRows = new Map<number, number>();
  for (const { rows: count } of rowsOf.values()) categoriesByRows.set(count, (categoriesByRows.get(count) ?? 0) + 1);
  let chosen = rowsOf.size;
  for (let least = 1; chosen > 0; least++) {
    const atLeast = categoriesByRows.get(least) ?? 0;
    if (chosen <= top && least * atLeast <= toleratedSelectionBias * rows) return least;
    chosen -= atLeast;
  }
  return Infinity;
}
