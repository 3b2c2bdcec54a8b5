import { createRng } from '../../math/rng.ts';
import type { Table } from '../../table.ts';
import type { Slice } from './declaration.ts';
import { partitionColumn, type Partition } from './partition.ts';
import type { Harm } from './slice-test.ts';

/** Slices that one half of the holdout points to, with their rows in the other half, where they are tested. */
export const mostFound = 5;
/** Of each column the commonest cells are searched. */
const mostCells = 20;
/** Pairs are made of the columns whose own cells look worst. */
const mostColumns = 20;

interface Candidate {
  readonly cells: readonly { readonly partition: Partition; readonly cell: number }[];
  readonly score: number;
}

/**
 * Searches categories and quarters of the values, alone and in pairs, for rows on which the challenger loses by more than the margin. What is
 * found on one half (of the rows, or of the blocks) is tested on the other only, so the search costs no false alarms.
 */
export function discoverSlices(
  table: Table,
  harm: Harm,
  { margin, minRows, seed }: { readonly margin: number; readonly minRows: number; readonly seed: number },
): readonly Slice[] {
  const [searched, kept] = halve(table.rowCount, harm.blockOf, seed);
  const search = { harm: harm.values, rows: searched, margin, minRows };
  const columns = Object.entries(table.columns)
    .map(([name, column]) => keepCommonest(partitionColumn(name, column), searched))
    .map((partition) => ({ partition, singles: scoreCells([partition], search) }))
    .sort((a, b) => bestScore(b.singles) - bestScore(a.singles));
  const singles = columns.flatMap((one) => one.singles);
  const inPairs = columns.slice(0, mostColumns).map(({ partition }) => partition);
  const pairs = inPairs.flatMap((a, i) => inPairs.slice(i + 1).flatMap((b) => scoreCells([a, b], search)));
  const known = scoresByCell(singles);
  const ranked = [...singles, ...pairs.filter((pair) => addsToParts(pair, known))].sort((a, b) => b.score - a.score);
  return ranked.slice(0, mostFound).map((candidate) => toSlice(candidate, kept));
}

function halve(rows: number, blockOf: ArrayLike<number> | undefined, seed: number): readonly [Int32Array, Int32Array] {
  const random = createRng(seed);
  const sides = new Map<number, boolean>();
  const sideOf = (unit: number): boolean => {
    const known = sides.get(unit);
    if (known !== undefined) return known;
    const side = random() < 0.5;
    sides.set(unit, side);
    return side;
  };
  const isSearched = Array.from({ length: rows }, (_, row) => (blockOf ? sideOf(blockOf[row]!) : random() < 0.5));
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return [all.filter((row) => isSearched[row]), all.filter((row) => !isSearched[row])];
}

/** Renumbers the cells that are commonest in the searched rows; the others become cell −1. */
function keepCommonest({ column, names, cellOf }: Partition, searched: Int32Array): Partition {
  const counts = new Int32Array(names.length);
  for (const row of searched) counts[cellOf[row]!]!++;
  const kept = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!).slice(0, mostCells);
  const codes = new Int32Array(names.length).fill(-1);
  kept.forEach((cell, code) => (codes[cell] = code));
  return { column, names: kept.map((cell) => names[cell]!), cellOf: cellOf.map((cell) => codes[cell]!) };
}

interface Search {
  readonly harm: Float64Array;
  readonly rows: Int32Array;
  readonly margin: number;
  readonly minRows: number;
}

/** Scores every cell of a partition, or of two crossed, that has enough rows: Σ(harm − margin) over the root of Σharm², and one mean square. */
function scoreCells(partitions: readonly Partition[], { harm, rows, margin, minRows }: Search): Candidate[] {
  const sizes = partitions.map(({ names }) => names.length);
  const total = sizes.reduce((product, size) => product * size, 1);
  const [counts, sums, squares] = [new Float64Array(total), new Float64Array(total), new Float64Array(total)];
  let meanSquare = 0;
  for (const row of rows) {
    const value = harm[row]!;
    meanSquare += (value * value) / rows.length;
    const cell = crossedCell(partitions, row);
    if (cell < 0) continue;
    counts[cell]!++;
    sums[cell]! += value;
    squares[cell]! += value * value;
  }
  if (meanSquare === 0) return [];
  return Array.from(counts.keys())
    .filter((cell) => counts[cell]! >= minRows)
    .map((cell) => ({
      score: (sums[cell]! - counts[cell]! * margin) / Math.sqrt(squares[cell]! + meanSquare),
      cells: splitCell(partitions, cell),
    }));
}

function crossedCell(partitions: readonly Partition[], row: number): number {
  let cell = 0;
  for (const { names, cellOf } of partitions) {
    const own = cellOf[row]!;
    if (own < 0) return -1;
    cell = cell * names.length + own;
  }
  return cell;
}

function splitCell(partitions: readonly Partition[], cell: number): Candidate['cells'] {
  if (partitions.length === 1) return [{ partition: partitions[0]!, cell }];
  const size = partitions[1]!.names.length;
  return [
    { partition: partitions[0]!, cell: Math.floor(cell / size) },
    { partition: partitions[1]!, cell: cell % size },
  ];
}

/** A pair is worth a test of its own when it looks worse than either of its parts. */
function addsToParts(pair: Candidate, known: ReadonlyMap<Partition, ReadonlyMap<number, number>>): boolean {
  return pair.cells.every(({ partition, cell }) => (known.get(partition)?.get(cell) ?? -Infinity) < pair.score);
}

function scoresByCell(singles: readonly Candidate[]): ReadonlyMap<Partition, ReadonlyMap<number, number>> {
  const known = new Map<Partition, Map<number, number>>();
  for (const { cells, score } of singles) {
    const { partition, cell } = cells[0]!;
    const scores = known.get(partition) ?? new Map<number, number>();
    known.set(partition, scores.set(cell, score));
  }
  return known;
}

function bestScore(candidates: readonly Candidate[]): number {
  return candidates.reduce((best, { score }) => Math.max(best, score), -Infinity);
}

function toSlice({ cells }: Candidate, kept: Int32Array): Slice {
  return {
    name: cells.map(({ partition, cell }) => partition.names[cell]).join(' and '),
    rows: kept.filter((row) => cells.every(({ partition, cell }) => partition.cellOf[row] === cell)),
  };
}
