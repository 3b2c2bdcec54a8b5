import type { Column } from '../../table.ts';
import { partitionColumn } from '../slices/partition.ts';

/** The groups of a sensitive column that have rows enough, by size. */
export interface Groups {
  readonly names: readonly string[];
  /** Index in `names`; −1: the row's group is too small. */
  readonly groupOf: Int32Array;
  readonly tooSmall: number;
}

/** The largest are compared. */
const mostGroups = 10;

export function groupRows(name: string, column: Column, minRows: number): Groups {
  const { names, cellOf } = partitionColumn(name, column);
  const counts = new Int32Array(names.length);
  for (const cell of cellOf) counts[cell]!++;
  const large = [...counts.keys()].filter((cell) => counts[cell]! >= minRows).sort((a, b) => counts[b]! - counts[a]!);
  const kept = large.slice(0, mostGroups);
  const indexOf = new Int32Array(names.length).fill(-1);
  kept.forEach((cell, index) => (indexOf[cell] = index));
  return {
    names: kept.map((cell) => names[cell]!),
    groupOf: cellOf.map((cell) => indexOf[cell]!),
    tooSmall: names.length - kept.length,
  };
}
