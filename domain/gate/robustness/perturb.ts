import { normalQuantile } from '../../math/normal.ts';
import type { Rng } from '../../math/rng.ts';
import { momentsOf } from '../../preprocessing/moments.ts';
import type { Column, DataSchema, Table } from '../../table.ts';

/** Rows to which something was done that happens to live data. */
export interface Perturbed {
  /** "10% of cells missing", "noise of 0.1 sd", or "half of price missing". */
  readonly name: string;
  readonly table: Table;
}

const missingShare = 0.1;
const missingShareOfFeature = 0.5;
/** In standard deviations of the feature. */
const noise = 0.1;
/** So many rows and features at most, so that the price of a look is known. */
const mostRows = 1_000;
const mostFeatures = 20;

/** Rows of a holdout to try, spread evenly over it; indices. */
export function spreadRows(rowCount: number): readonly number[] {
  const rows = Math.min(mostRows, rowCount);
  return Array.from({ length: rows }, (_, index) => Math.floor((index * rowCount) / rows));
}

/** The same rows with values missing at random in all features, with noise on the numeric ones, and with each feature half missing. */
export function perturb({ features }: DataSchema, table: Table, random: Rng): readonly Perturbed[] {
  const isNumeric = new Set(features.filter(({ type }) => type === 'numeric').map(({ name }) => name));
  const single = features.slice(0, mostFeatures).map(({ name }) => ({
    name: `half of ${name} missing`,
    table: change(table, (column, of) => (of === name ? blank(column, missingShareOfFeature, random) : column)),
  }));
  const everywhere = {
    name: '10% of cells missing',
    table: change(table, (column) => blank(column, missingShare, random)),
  };
  if (isNumeric.size === 0) return [everywhere, ...single];
  const noisy = change(table, (column, name) => (isNumeric.has(name) ? shake(column, random) : column));
  return [everywhere, { name: 'noise of 0.1 sd', table: noisy }, ...single];
}

function change(table: Table, of: (column: Column, name: string) => Column): Table {
  const columns = Object.entries(table.columns).map(([name, column]) => [name, of(column, name)] as const);
  return { rowCount: table.rowCount, columns: Object.fromEntries(columns) };
}

function blank(column: Column, share: number, random: Rng): Column {
  return column.kind === 'numeric'
    ? { kind: 'numeric', values: column.values.map((value) => (random() < share ? Number.NaN : value)) }
    : { kind: 'categorical', values: column.values.map((value) => (random() < share ? null : value)) };
}

/** Missing values stay missing. */
function shake(column: Column, random: Rng): Column {
  if (column.kind !== 'numeric') return column;
  const { sd } = momentsOf(column.values.filter(Number.isFinite));
  // Never 0, of which the quantile is infinite.
  const normal = () => normalQuantile((random() + 2 ** -33) / (1 + 2 ** -32));
  return { kind: 'numeric', values: column.values.map((value) => value + noise * sd * normal()) };
}
