import type { Column } from '../table.ts';

/** Rows of one feature, told apart as far as enough rows are alike: a cell for each row, missing values in cell 0. */
export interface Cells {
  readonly cellOf: Int32Array;
  readonly count: number;
}

const mostCells = 256;
const rowsPerCell = 25;

/** Equal-mass cells of a numeric column; the most frequent values of a categorical one, and one cell for all others. */
export function cutIntoCells(column: Column): Cells {
  const most = Math.max(4, Math.min(mostCells, Math.floor(column.values.length / rowsPerCell)));
  return column.kind === 'numeric' ? cutNumbers(column.values, most) : cutTexts(column.values, most);
}

function cutNumbers(values: Float64Array, most: number): Cells {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const quantiles = Array.from({ length: most - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / most)]!);
  const cuts = Float64Array.from(new Set(sorted.length === 0 ? [] : quantiles));
  const cellOf = Int32Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1 + countUpTo(cuts, value)));
  return { cellOf, count: cuts.length + 2 };
}

/** How many of the ascending cuts are at most the value. */
function countUpTo(cuts: Float64Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cutTexts(values: readonly (string | null)[], most: number): Cells {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, most - 2);
  const cellOf = new Map(frequent.map(([value], index) => [value, index + 2]));
  return {
    cellOf: Int32Array.from(values, (value) => (value === null ? 0 : (cellOf.get(value) ?? 1))),
    count: frequent.length + 2,
  };
}
