import type { Column, Table } from '../table.ts';
import { hashRows } from './content-hash.ts';

/** Sums of row hashes are taken modulo this, so that they stay whole numbers. */
const modulus = 2 ** 52;
/** Numbers this share of their column's spread apart, or less, may count as equal. */
const cellShare = 1 / 1_000;
const spreadTails = 0.05;

/** Which rows have a copy among others. */
export interface Copies {
  /** Equal in every column. */
  readonly exact: Uint8Array;
  /** Equal, numbers to about a thousandth of their spread, in `label` and in every other column but at most one. */
  readonly near: Uint8Array;
}

/**
 * Marks the rows of `exam` that have a copy among those of `known`; both have the same columns, the one named `label` among them. Linear in
 * rows × columns: rows are compared by their hashes, once in whole and once for each column that is left out.
 */
export function findCopies(exam: Table, known: Table, label: string): Copies {
  const [examCells, knownCells] = toCells(exam, known);
  return { exact: markMembers(hashRows(exam), hashRows(known)), near: markNear(examCells, knownCells, label) };
}

function markNear(exam: Table, known: Table, label: string): Uint8Array {
  const [examSums, knownSums] = [sumHashes(exam), sumHashes(known)];
  const near = new Uint8Array(exam.rowCount);
  for (const name of Object.keys(exam.columns)) {
    if (name === label) continue;
    const found = markMembers(leaveOut(examSums, exam, name), leaveOut(knownSums, known, name));
    found.forEach((isFound, row) => (near[row]! |= isFound));
  }
  return near;
}

function markMembers(hashes: Float64Array, known: Float64Array): Uint8Array {
  const asked = new Set(hashes);
  const found = new Set<number>();
  for (const hash of known) if (asked.has(hash)) found.add(hash);
  return Uint8Array.from(hashes, (hash) => (found.has(hash) ? 1 : 0));
}

function sumHashes(table: Table): Float64Array {
  const sums = new Float64Array(table.rowCount);
  for (const name of Object.keys(table.columns)) {
    hashColumn(table, name).forEach((hash, row) => (sums[row] = (sums[row]! + (hash % modulus)) % modulus));
  }
  return sums;
}

function leaveOut(sums: Float64Array, table: Table, name: string): Float64Array {
  const hashes = hashColumn(table, name);
  return sums.map((sum, row) => (sum - (hashes[row]! % modulus) + modulus) % modulus);
}

/** The column's name is hashed too: equal values in different columns are different. */
function hashColumn({ columns, rowCount }: Table, name: string): Float64Array {
  const named: Column = { kind: 'categorical', values: new Array<string>(rowCount).fill(name) };
  return hashRows({ rowCount, columns: { name: named, value: columns[name]! } });
}

/** Numbers become the cells of a grid that the known rows lay down. */
function toCells(exam: Table, known: Table): readonly [Table, Table] {
  const widths = new Map(Object.entries(known.columns).map(([name, column]) => [name, cellWidth(column)]));
  const round = ({ columns, rowCount }: Table): Table => ({
    rowCount,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, roundColumn(column, widths.get(name) ?? 0)]),
    ),
  });
  return [round(exam), round(known)];
}

function roundColumn(column: Column, width: number): Column {
  if (column.kind === 'categorical' || width === 0) return column;
  return { kind: 'numeric', values: column.values.map((value) => Math.round(value / width)) };
}

/** 0 leaves values as they are, as where most of them are equal. */
function cellWidth(column: Column): number {
  if (column.kind === 'categorical') return 0;
  const sorted = column.values.filter(Number.isFinite).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const width = (at(1 - spreadTails) - at(spreadTails)) * cellShare;
  return Number.isFinite(width) ? width : 0;
}
