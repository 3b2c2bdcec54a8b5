import { parseTime } from '../data/parse-time.ts';
import type { DataSchema, Table } from '../../domain/table.ts';
import type { FeatureRow } from '../data/feature-rows.ts';

/** Code of a categorical value that is missing, and of one that the model has never seen. */
export const missingCode = -1;
const unseenCode = -2;

/** Rows as numbers, column after column: missing is NaN, a category is its code. Filled anew for every run. */
export interface FeatureBuffer {
  readonly schema: DataSchema;
  /** Most rows at a time. */
  readonly capacity: number;
  /** Value of feature f in row r at f · capacity + r. */
  readonly values: Float64Array;
  /** Codes of the categories by feature; null for a feature that is no category. */
  readonly codes: readonly (ReadonlyMap<string, number> | null)[];
  /** Takes the rows `from` up to `to`, which must have no problem. */
  fillRows(rows: readonly FeatureRow[], from: number, to: number): void;
  fillTable(table: Table, from: number, to: number): void;
}

/**
 * @param categories what the model knows, by feature
 */
export function createFeatureBuffer(
  schema: DataSchema,
  categories: ReadonlyMap<string, readonly string[]>,
  capacity: number,
): FeatureBuffer {
  const { features } = schema;
  const values = new Float64Array(features.length * capacity);
  const codes = features.map(({ name, type }) =>
    type === 'categorical' ? new Map((categories.get(name) ?? []).map((one, code) => [one, code])) : null,
  );
  const codeOf = (feature: number, value: string | null): number =>
    value === null ? missingCode : (codes[feature]!.get(value) ?? unseenCode);
  const readRow = compileRowReader(schema, values, capacity, codeOf);
  return {
    schema,
    capacity,
    values,
    codes,
    fillRows(rows, from, to) {
      for (let row = from; row < to; row += 1) readRow(rows[row]!, row - from);
    },
    fillTable({ columns }, from, to) {
      for (const [feature, { name }] of features.entries()) {
        const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
        if (column === undefined) throw new TypeError(`The table has no column for the feature "${name}"`);
        const at = feature * capacity;
        if (column.kind === 'numeric') values.set(column.values.subarray(from, to), at);
        else for (let row = from; row < to; row += 1) values[at + row - from] = codeOf(feature, column.values[row]!);
      }
    },
  };
}

type RowReader = (row: FeatureRow, at: number) => void;

/**
 * Code that reads the schema's features, one after another, each by its constant name: a loop over names would look each of them up in
 * a hash table.
 */
function compileRowReader(
  { features }: DataSchema,
  values: Float64Array,
  capacity: number,
  codeOf: (feature: number, value: string | null) => number,
): RowReader {
  const lines = features.map(({ name, type }, feature) => {
    const target = `values[${feature * capacity} + at]`;
    const value = `row[${JSON.stringify(name)}]`;
    switch (type) {
      case 'categorical':
        return `${target} = codeOf(${feature}, ${value});`;
      case 'timestamp':
        return `v = ${value}; ${target} = v === null ? NaN : parseTime(v);`;
      case 'numeric':
      case 'boolean':
        return `v = ${value}; ${target} = v === null ? NaN : +v;`;
    }
  });
  // The names are JSON texts, so nothing but the schema's own words becomes code.
  // oxlint-disable-next-line typescript/no-implied-eval
  const make = new Function('values', 'codeOf', 'parseTime', `return (row, at) => { let v; ${lines.join('\n')} };`) as (
    ...args: unknown[]
  ) => RowReader;
  return make(values, codeOf, parseTime);
}
