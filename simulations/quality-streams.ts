import type { Rng } from '../domain/math/rng.ts';
import { normalQuantile } from '../domain/math/normal.ts';
import { sliceTable } from '../domain/snapshot/tables.ts';
import type { Column, DataSchema, FeatureType, Table } from '../domain/table.ts';

export interface Stream {
  readonly schema: DataSchema;
  readonly window: { readonly inputs: Table; readonly labels: Float64Array };
}

export type World =
  'independent rows' | 'seasons' | 'persistent rows' | 'trends and bursts' | 'rare events' | 'many categories';

export const worlds: readonly World[] = [
  'independent rows',
  'seasons',
  'persistent rows',
  'trends and bursts',
  'rare events',
  'many categories',
];

const normal = (rng: Rng): number => normalQuantile(Math.max(1e-12, rng()));

/** A process that forgets what was `1 / (1 - persistence)` rows ago; sd 1. */
function persistent(rng: Rng, persistence: number): () => number {
  let value = normal(rng);
  return () => (value = persistence * value + Math.sqrt(1 - persistence ** 2) * normal(rng));
}

/** Rank r has a share in proportion to 1 / r. */
function zipf(rng: Rng, ranks: number): string {
  return `c${Math.floor(ranks ** rng())}`;
}

interface Draw {
  readonly features: Readonly<Record<string, (row: number) => number | string | null>>;
  readonly label: (row: number) => number;
}

/** What every world has; then each its own. */
function drawFrom(world: World, rng: Rng): Draw {
  const missing = (share: number, value: number): number => (rng() < share ? Number.NaN : value);
  const plain = {
    normal: () => missing(0.03, 10 + 2 * normal(rng)),
    heavy: () => normal(rng) / Math.abs(normal(rng)),
    skewed: () => Math.exp(1.5 * normal(rng)),
    count: () => Math.floor(-4 * Math.log(1 - rng())),
    celsius: () => 15 + 6 * normal(rng),
    flag: () => Number(rng() < 0.2),
    city: () => (rng() < 0.02 ? null : zipf(rng, 30)),
  };
  const season = (row: number): number => Math.sin((2 * Math.PI * row) / 2_500);
  const [slow, walk] = [persistent(rng, 0.99), persistent(rng, 0.9999)];
  const own: Record<World, Draw> = {
    'independent rows': { features: plain, label: () => Number(rng() < 0.3) },
    seasons: {
      features: {
        ...plain,
        celsius: (row) => 15 + 10 * season(row) + 3 * normal(rng),
        load: (row) => Math.exp(season(row)) * (1 + rng()),
      },
      label: (row) => Number(rng() < 0.3 + 0.2 * season(row)),
    },
    'persistent rows': {
      features: { ...plain, slow, level: () => 100 + 20 * slow() + normal(rng) },
      label: () => Number(rng() < 1 / (1 + Math.exp(-slow()))),
    },
    'trends and bursts': {
      features: {
        ...plain,
        walk,
        index: (row) => row,
        sensor: (row) => (Math.floor(row / 150) % 7 === 0 ? Number.NaN : normal(rng)),
      },
      label: () => Number(rng() < 0.3),
    },
    'rare events': {
      features: { ...plain, alarm: () => Number(rng() < 0.005), spike: () => (rng() < 0.01 ? 1_000 * rng() : 0) },
      label: () => Number(rng() < 0.01),
    },
    'many categories': {
      features: { ...plain, page: () => zipf(rng, 20_000), id: (row) => `id${row}` },
      label: () => Number(rng() < 0.3),
    },
  };
  return own[world];
}

/** `rows` consecutive rows of a world, and so many after them for every window. */
export function makeStream(world: World, rows: number, rng: Rng): Stream {
  const draw = drawFrom(world, rng);
  const columns: Record<string, Column> = {};
  const features: { name: string; type: FeatureType }[] = [];
  for (const [name, next] of Object.entries(draw.features)) {
    const values = Array.from({ length: rows }, (_, row) => next(row));
    const isText = values.some((value) => typeof value === 'string');
    features.push({ name, type: isText ? 'categorical' : 'numeric' });
    columns[name] = isText
      ? { kind: 'categorical', values: values as (string | null)[] }
      : { kind: 'numeric', values: Float64Array.from(values as number[]) };
  }
  const labels = Float64Array.from({ length: rows }, (_, row) => draw.label(row));
  return {
    schema: { features, label: 'label', classes: ['no', 'yes'] },
    window: { inputs: { rowCount: rows, columns }, labels },
  };
}

export function cut({ window }: Stream, from: number, to: number): Stream['window'] {
  return { inputs: sliceTable(window.inputs, { from, to }), labels: window.labels.slice(from, to) };
}
