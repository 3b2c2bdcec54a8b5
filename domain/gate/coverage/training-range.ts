import type { DataSchema, Table } from '../../table.ts';

/** What the training rows held of each feature. Times are left out: the present is always later. */
export type TrainingRange = Readonly<Record<string, ColumnRange>>;

export type ColumnRange =
  | { readonly kind: 'numeric'; readonly low: number; readonly high: number }
  | { readonly kind: 'categorical'; readonly categories: ReadonlySet<string> };

/** Learns the range of every feature that has a value. */
export function measureRange({ features }: DataSchema, table: Table): TrainingRange {
  const ranges = features.flatMap(({ name, type }): [string, ColumnRange][] => {
    const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
    if (column === undefined || type === 'timestamp') return [];
    if (column.kind === 'categorical') {
      return [[name, { kind: 'categorical', categories: new Set(column.values.filter((value) => value !== null)) }]];
    }
    let [low, high] = [Infinity, -Infinity];
    for (const value of column.values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return low <= high ? [[name, { kind: 'numeric', low, high }]] : [];
  });
  return Object.fromEntries(ranges);
}

/** Rows with a value outside the training range, and how many each feature has of them. */
export interface Coverage {
  readonly isOutside: Uint8Array;
  readonly outside: number;
  /** Features with such values, the one with most first. */
  readonly byFeature: readonly { readonly name: string; readonly rows: number }[];
}

/** A missing value is in no range, and outside of none. */
export function measureCoverage(table: Table, range: TrainingRange): Coverage {
  const isOutside = new Uint8Array(table.rowCount);
  const byFeature = Object.entries(range).map(([name, known]) => {
    const values = table.columns[name]?.values ?? [];
    let rows = 0;
    for (let row = 0; row < values.length; row++) {
      if (!leaves(values[row] ?? null, known)) continue;
      rows++;
      isOutside[row] = 1;
    }
    return { name, rows };
  });
  return {
    isOutside,
    outside: isOutside.reduce((sum, one) => sum + one, 0),
    byFeature: byFeature.filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows),
  };
}

function leaves(value: number | string | null, known: ColumnRange): boolean {
  if (known.kind === 'categorical') return typeof value === 'string' && !known.categories.has(value);
  return typeof value === 'number' && Number.isFinite(value) && (value < known.low || value > known.high);
}
