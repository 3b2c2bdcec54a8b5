import type { Column } from '../../table.ts';
import { formatNumber } from '../wording.ts';
import type { Slice } from './declaration.ts';

/** A column's rows in cells: each category, or a quarter of the values, or each value where there are few; missing is one, too. */
export interface Partition {
  readonly column: string;
  readonly names: readonly string[];
  /** The cell of each row. */
  readonly cellOf: Int32Array;
}

/** A number with no more values than this is taken as a category. */
const mostValues = 10;
const quarters = 4;

export function partitionColumn(name: string, column: Column): Partition {
  if (column.kind === 'categorical') {
    return codeRows(name, column.values, (value) => (value === null ? `${name} missing` : `${name} = ${value}`));
  }
  const { values } = column;
  if (hasFewValues(values)) {
    return codeRows(name, values, (value) => (Number.isFinite(value) ? `${name} = ${value}` : `${name} missing`));
  }
  const edges = quantileEdges(values);
  const cells = Array.from(values, (value) =>
    Number.isFinite(value) ? edges.filter((edge) => edge <= value).length : -1,
  );
  return codeRows(name, cells, (cell) => (cell < 0 ? `${name} missing` : describeBin(name, edges, cell)));
}

/** Rows of the cells that have at least `minRows`, in order of the rows; the others are counted. */
export function slicesOf({ names, cellOf }: Partition, minRows: number): { slices: Slice[]; tooSmall: number } {
  const counts = new Int32Array(names.length);
  for (const cell of cellOf) counts[cell]!++;
  const isLarge = (cell: number): boolean => counts[cell]! >= minRows;
  const rows = new Map<number, number[]>();
  cellOf.forEach((cell, row) => {
    if (!isLarge(cell)) return;
    const known = rows.get(cell);
    if (known) known.push(row);
    else rows.set(cell, [row]);
  });
  const slices = [...rows].map(([cell, members]) => ({ name: names[cell]!, rows: Int32Array.from(members) }));
  return { slices, tooSmall: names.length - slices.length };
}

function codeRows<T>(column: string, values: ArrayLike<T>, nameOf: (value: T) => string): Partition {
  const codes = new Map<T, number>();
  const cellOf = Int32Array.from({ length: values.length }, (_, row) => {
    const value = values[row]!;
    const code = codes.get(value) ?? codes.size;
    if (code === codes.size) codes.set(value, code);
    return code;
  });
  return { column, names: [...codes.keys()].map(nameOf), cellOf };
}

function hasFewValues(values: Float64Array): boolean {
  const found = new Set<number>();
  for (const value of values) {
    if (Number.isFinite(value)) found.add(value);
    if (found.size > mostValues) return false;
  }
  return true;
}

/** Distinct quartiles: ties make fewer bins. */
function quantileEdges(values: Float64Array): number[] {
  const sorted = values.filter(Number.isFinite).sort();
  const at = (quarter: number): number => sorted[Math.floor((quarter * sorted.length) / quarters)]!;
  return [...new Set(Array.from({ length: quarters - 1 }, (_, q) => at(q + 1)))].filter((edge) => edge > sorted[0]!);
}

function describeBin(name: string, edges: readonly number[], bin: number): string {
  if (edges.length === 0) return `${name} present`;
  if (bin === 0) return `${name} < ${formatNumber(edges[0]!)}`;
  if (bin === edges.length) return `${name} ≥ ${formatNumber(edges[bin - 1]!)}`;
  return `${name} ${formatNumber(edges[bin - 1]!)} to ${formatNumber(edges[bin]!)}`;
}
