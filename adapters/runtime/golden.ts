import { sliceTable } from '../../domain/snapshot/tables.ts';
import type { DataSchema, Feature, Table } from '../../domain/table.ts';
import type { Predictions } from '../../domain/task.ts';
import type { FeatureRow } from '../data/feature-rows.ts';
import type { FeatureValue } from '../ports/store.ts';
import { readPackageFile } from './model-package.ts';

/** Inputs as they come over the wire, and what the model said to them when it was trained (`golden.json`). */
export interface Golden {
  readonly rows: readonly FeatureRow[];
  readonly outputs: readonly (readonly number[])[];
}

const goldenRows = 32;
const latestTimeMs = 8.64e15;

/** Rows spread evenly over as many as there are: up to 32. */
export function goldenIndices(rowCount: number): number[] {
  const count = Math.min(goldenRows, rowCount);
  return Array.from({ length: count }, (_, index) => Math.floor((index * rowCount) / count));
}

/** Up to 32 rows spread over a table, the last with every other feature missing. */
export function pickGoldenRows({ features }: DataSchema, table: Table): FeatureRow[] {
  const rows = goldenIndices(table.rowCount).map((from) =>
    toFeatureRow(features, sliceTable(table, { from, to: from + 1 })),
  );
  const withMissing = features.map(({ name }, index) => [name, index % 2 === 0 ? null : (rows.at(-1)?.[name] ?? null)]);
  return [...rows.slice(0, goldenRows - 1), Object.fromEntries(withMissing) as FeatureRow];
}

function toFeatureRow(features: readonly Feature[], row: Table): FeatureRow {
  return Object.fromEntries(
    features.map(({ name, type }) => [name, toWire(type, row.columns[name]?.values[0] ?? null)]),
  );
}

function toWire(type: Feature['type'], value: number | string | null): FeatureValue {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return null;
  if (type === 'boolean') return value !== 0;
  if (type === 'timestamp') return Math.abs(value) <= latestTimeMs ? new Date(value).toISOString() : null;
  return value;
}

export async function readGolden(packageDirectory: string): Promise<Golden> {
  return await readPackageFile<Golden>(packageDirectory, 'golden.json');
}

/**
 * The largest absolute difference between what a model said when it was trained and what it says now.
 *
 * @param unit of the outputs; a regression's is the standard deviation of its label, because single precision is relative
 */
export function replayGolden({ outputs }: Golden, found: Predictions, unit: number): number {
  return largestDifference(outputs, toOutputRows(found)) / unit;
}

/** Predictions as one list a row. */
export function toOutputRows({ width, values }: Predictions): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.slice(row * width, (row + 1) * width)),
  );
}

/** The largest absolute difference; infinite where outputs are of another number, or are no numbers. */
function largestDifference(expected: Golden['outputs'], found: Golden['outputs']): number {
  const [a, b] = [expected.flat(), found.flat()];
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((largest, value, index) => {
    const difference = Math.abs(value - b[index]!);
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  }, 0);
}
