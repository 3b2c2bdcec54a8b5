import type { CategoricalSpec, Histogram } from './histogram.ts';

/** Largest share of rows by which choosing the categories on the reference may favour the reference. */
const toleratedSelectionBias = 0.01;

/**
 * Chooses the categories with a cell of their own: at most `top` of the most frequent of the reference; null is missing.
 *
 * Categories are chosen by the reference's counts, and those chosen by luck are rarer in any other window: by Good and Turing, the
 * categories with at least c rows hold c·f_c rows less there (f_c categories have exactly c rows; c = 1: the rows
 * of categories never seen before). So the cut is made at the least c where that is at most 1% of the rows; otherwise a
 * column of ids, or one with a long tail, would drift for ever.
 */
export function cutCategorical(
  reference: ArrayLike<string | null>,
  options: { readonly top: number } = { top: 50 },
): CategoricalSpec {
  const rowsByCategory = countCategories(reference);
  const least = chooseLeastRows(rowsByCategory, options.top, reference.length);
  const top = [...rowsByCategory].filter(([, rows]) => rows >= least).map(([category]) => category);
  // By name: cells are merged with their neighbours, and neighbours by frequency would share the reference's luck.
  return { kind: 'categorical', top: top.sort() };
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

function countCategories(values: ArrayLike<string | null>): Map<string, number> {
  const rowsByCategory = new Map<string, number>();
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? null;
    if (value !== null) rowsByCategory.set(value, (rowsByCategory.get(value) ?? 0) + 1);
  }
  return rowsByCategory;
}

/** The least number of rows that earns a category its cell. */
function chooseLeastRows(rowsByCategory: ReadonlyMap<string, number>, top: number, rows: number): number {
  const categoriesByRows = new Map<number, number>();
  for (const count of rowsByCategory.values()) categoriesByRows.set(count, (categoriesByRows.get(count) ?? 0) + 1);
  let chosen = rowsByCategory.size;
  for (let least = 1; chosen > 0; least++) {
    const atLeast = categoriesByRows.get(least) ?? 0;
    if (chosen <= top && least * atLeast <= toleratedSelectionBias * rows) return least;
    chosen -= atLeast;
  }
  return Infinity;
}
