import type { FeatureRow } from '../../adapters/data/feature-rows.ts';
import type { Table } from '../../domain/table.ts';

/** Rows a batch: enough that its costs don't count, few enough to keep. */
export const batchRows = 1_000;

/** A row as it was read, with what it is about where the request says that; or why it is none. */
export type ReadRow =
  | {
      readonly kind: 'row';
      readonly features: FeatureRow;
      /** Null in all rows of a request, or in none. */
      readonly entity: string | null;
      /** ISO 8601 with an offset; null in all rows of a request, or in none. */
      readonly time: string | null;
    }
  | {
      readonly kind: 'unreadable';
      /** Goes on after the number of the row. */
      readonly problem: string;
      readonly field?: string;
    };

/** Rows in the order of the request, as their form suggests. */
export type Batch =
  | { readonly kind: 'rows'; readonly rows: readonly ReadRow[] }
  | {
      readonly kind: 'table';
      readonly table: Table;
      /** Whether rows say what they are about, which may be wrong with one of them. */
      readonly isAbout: boolean;
      readonly toRows: () => readonly ReadRow[];
    };

/** Gathers rows, a batch at a time. */
export async function* inBatches(rows: AsyncIterable<ReadRow> | Iterable<ReadRow>): AsyncGenerator<Batch> {
  let gathered: ReadRow[] = [];
  for await (const row of rows) {
    gathered.push(row);
    if (gathered.length < batchRows) continue;
    yield { kind: 'rows', rows: gathered };
    gathered = [];
  }
  if (gathered.length > 0) yield { kind: 'rows', rows: gathered };
}
