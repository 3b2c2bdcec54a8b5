import type { DataSchema, RowRange, Table } from '../table.ts';
import { sliceTable } from '../snapshot/tables.ts';

/** Labelled rows in time order, as a preflight sees them. */
export interface History {
  readonly schema: DataSchema;
  readonly table: Table;
  /** Class indices, or values for regression. */
  readonly labels: Float64Array;
  /** Event time of each row, ms since the epoch; null where the project has no time column. */
  readonly eventMs: Float64Array | null;
  /** When each label became known, ms since the epoch, NaN where it never did; null where the project doesn't say. */
  readonly labelMs: Float64Array | null;
}

export function sliceHistory({ schema, table, labels, eventMs, labelMs }: History, range: RowRange): History {
  return {
    schema,
    table: sliceTable(table, range),
    labels: labels.subarray(range.from, range.to),
    eventMs: eventMs?.subarray(range.from, range.to) ?? null,
    labelMs: labelMs?.subarray(range.from, range.to) ?? null,
  };
}
