import { sliceTable } from '../snapshot/tables.ts';
import type { RowRange, Table } from '../table.ts';
import { hashRows } from './content-hash.ts';

/** Rows of the range whose every column repeats an earlier row of the range. */
export function countDuplicates(table: Table, range: RowRange): number {
  return range.to - range.from - new Set(hashRows(sliceTable(table, range))).size;
}
