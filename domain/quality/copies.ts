import { sortAround } from '../drift/sort-around.ts';
import type { Column, RowRange, Table } from '../table.ts';
import { takeFinite } from './quantiles.ts';
import { findFirst, type Asked } from './first-seen.ts';
import { addHashes, hashCells, noHashes, takeOut, type RowHashes } from './row-hashes.ts';

/** Numbers this share of their column's spread apart, or less, may count as equal. */
const cellShare = 1 / 1_000;
const spreadTails = 0.05;

/** How many rows have a copy. */
export interface Copies {
  /** Equal in every column. */
  readonly exact: number;
  /** Equal, numbers to about a thousandth of their spread, in `label` and in every other column but at most one. */
  readonly near: number;
}

export interface CopySearch {
  readonly exam: Table;
  /** Has the same columns. */
  readonly known: Table;
  /** The column that copies never differ in. */
  readonly label: string;
  /** Rows of `known` that are looked for among those before them; without overlap. */
  readonly rehearsals: readonly RowRange[];
}

/** Rows that are looked for, in the known rows before `before`. */
interface Part {
  readonly side: 'exam' | 'known';
  readonly range: RowRange;
  readonly before: number;
}

interface Sides {
  readonly exam: RowHashes;
  readonly known: RowHashes;
}

/**
 * Counts the rows of `exam` that have a copy among those of `known`, and for each rehearsal those that have one among earlier rows. Linear in rows × columns:
 * rows are compared by sums of their cells' hashes, once in whole and once for each column that is left out, all parts at once.
 */
export function countCopies({ exam, known, label, rehearsals }: CopySearch): {
  readonly exam: Copies;
  readonly rehearsals: readonly Copies[];
} {
  const tables = { exam, known };
  const parts: readonly Part[] = [
    { side: 'exam', range: { from: 0, to: exam.rowCount }, before: known.rowCount },
    ...rehearsals.map((range): Part => ({ side: 'known', range, before: range.from })),
  ];
  const names = Object.keys(exam.columns);
  const exact = createMarks(parts);
  exact.mark(sumOver(tables, names, () => 0));
  const widths = new Map(names.map((name) => [name, cellWidth(known.columns[name]!)]));
  const widthOf = (name: string): number => widths.get(name)!;
  const sums = sumOver(tables, names, widthOf);
  const near = createMarks(parts);
  for (const name of names) {
    if (name !== label) near.mark(leaveOut(sums, tables, name, widthOf(name)));
  }
  const [found, ...rehearsed] = parts.map((_, index) => ({ exact: exact.count(index), near: near.count(index) }));
  return { exam: found!, rehearsals: rehearsed };
}

/** Collects, over several comparisons, which rows of each part were found. */
function createMarks(parts: readonly Part[]) {
  const marks = parts.map(({ range }) => new Uint8Array(range.to - range.from));
  return {
    mark(sides: Sides): void {
      const asked = parts.map(({ side, range }): Asked => ({ hashes: sides[side], ...range }));
      const firstOf = findFirst(asked, sides.known);
      for (const [index, { range, before }] of parts.entries()) {
        for (let row = range.from; row < range.to; row++) {
          if (firstOf(asked[index]!, row) < before) marks[index]![row - range.from] = 1;
        }
      }
    },
    count: (index: number): number => marks[index]!.reduce((sum, mark) => sum + mark, 0),
  };
}

function sumOver(
  { exam, known }: { readonly exam: Table; readonly known: Table },
  names: readonly string[],
  widthOf: (name: string) => number,
): Sides {
  const sumOf = (table: Table): RowHashes => {
    const sum = noHashes(table.rowCount);
    for (const name of names) addHashes(sum, hashCells(name, table.columns[name]!, widthOf(name)));
    return sum;
  };
  return { exam: sumOf(exam), known: sumOf(known) };
}

function leaveOut(
  sums: Sides,
  { exam, known }: { readonly exam: Table; readonly known: Table },
  name: string,
  width: number,
): Sides {
  return {
    exam: takeOut(sums.exam, hashCells(name, exam.columns[name]!, width)),
    known: takeOut(sums.known, hashCells(name, known.columns[name]!, width)),
  };
}

/** Of the grid that the known rows lay down; 0 leaves values as they are, as where most of them are equal. */
function cellWidth(column: Column): number {
  if (column.kind === 'categorical') return 0;
  const finite = takeFinite(column.values);
  const ranks = [spreadTails, 1 - spreadTails].map((share) => Math.floor(share * (finite.length - 1)));
  if (finite.length === 0) return 0;
  const sorted = sortAround(finite, ranks);
  const width = (sorted[ranks[1]!]! - sorted[ranks[0]!]!) * cellShare;
  return Number.isFinite(width) ? width : 0;
}
