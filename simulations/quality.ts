import { createRng, type Rng } from '../domain/math/rng.ts';
import { normalQuantile } from '../domain/math/normal.ts';
import { inferContract } from '../domain/quality/infer-contract.ts';
import { judgeQuality, type QualityWindow } from '../domain/quality/judge.ts';
import { defaultQualityPolicy } from '../domain/quality/policy.ts';
import { sliceTable } from '../domain/snapshot/tables.ts';
import type { Column, DataSchema, FeatureType } from '../domain/table.ts';
import type { Scale, Simulated } from './report.ts';

interface Stream {
  readonly schema: DataSchema;
  readonly window: { readonly inputs: QualityWindow['inputs']; readonly labels: Float64Array };
}

type World =
  'independent rows' | 'seasons' | 'persistent rows' | 'trends and bursts' | 'rare events' | 'many categories';

const worlds: readonly World[] = [
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
function makeStream(world: World, rows: number, rng: Rng): Stream {
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

function cut({ window }: Stream, from: number, to: number): Stream['window'] {
  return { inputs: sliceTable(window.inputs, { from, to }), labels: window.labels.slice(from, to) };
}

const trainingRows = 10_000;
const laterRows = 10_000;

/** Share of the windows after the training part that raise a signal although nothing broke. */
export function falseAlarms(world: World, runs: number, windowRows: number, seed: number): number {
  const rng = createRng(seed);
  let [windows, alarms] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const stream = makeStream(world, trainingRows + laterRows, rng);
    const { inputs, labels } = cut(stream, 0, trainingRows);
    const contract = inferContract({ schema: stream.schema, table: inputs, labels }, windowRows);
    for (let from = trainingRows; from + windowRows <= trainingRows + laterRows; from += windowRows) {
      const { signals } = judgeQuality(cut(stream, from, from + windowRows), contract, defaultQualityPolicy);
      windows += 1;
      alarms += signals.length;
    }
  }
  return alarms / windows;
}

type Break = (window: Stream['window'], rng: Rng) => QualityWindow;

function onNumbers(feature: string, change: (value: number, row: number) => number): Break {
  return ({ inputs, labels }) => {
    const column = inputs.columns[feature];
    if (column?.kind !== 'numeric') return { inputs, labels };
    const values = column.values.map(change);
    return { inputs: { ...inputs, columns: { ...inputs.columns, [feature]: { kind: 'numeric', values } } }, labels };
  };
}

function onLabels(change: (label: number) => number): Break {
  return ({ inputs, labels }) => ({ inputs, labels: labels.map(change) });
}

/** Each with the check that has to see it. */
const breaks: Readonly<Record<string, readonly [check: string, Break]>> = {
  'a fifth of the values missing': [
    'missing:normal',
    (window, rng) => onNumbers('normal', (value) => (rng() < 0.2 ? Number.NaN : value))(window, rng),
  ],
  'values 100 times as large': ['unit:celsius', onNumbers('celsius', (value) => value * 100)],
  'skewed values 1,000 times as small': ['unit:skewed', onNumbers('skewed', (value) => value / 1_000)],
  'Fahrenheit where there was Celsius': ['unit:celsius', onNumbers('celsius', (value) => 1.8 * value + 32)],
  'a feature stuck on one value': ['stuck:flag', onNumbers('flag', () => 0)],
  'a fifth of the values a code for missing': [
    'outside:normal',
    onNumbers('normal', (value, row) => (row % 5 === 0 ? -999 : value)),
  ],
  'a quarter of the categories renamed': [
    'unseen:city',
    ({ inputs, labels }) => {
      const column = inputs.columns['city'];
      const values = (column?.values as (string | null)[]).map((value, row) =>
        row % 4 === 0 ? `new ${value}` : value,
      );
      return { inputs: { ...inputs, columns: { ...inputs.columns, city: { kind: 'categorical', values } } }, labels };
    },
  ],
  'the last third repeats the first': [
    'duplicates',
    ({ inputs, labels }) => {
      const source = (row: number): number =>
        row < (2 * inputs.rowCount) / 3 ? row : row - Math.ceil((2 * inputs.rowCount) / 3);
      const columns = Object.entries(inputs.columns).map(([name, column]): [string, Column] => [
        name,
        column.kind === 'numeric'
          ? { kind: 'numeric', values: column.values.map((_, row) => column.values[source(row)]!) }
          : { kind: 'categorical', values: column.values.map((_, row) => column.values[source(row)] ?? null) },
      ]);
      return { inputs: { ...inputs, columns: Object.fromEntries(columns) }, labels };
    },
  ],
  'labels that no longer come': [
    'label-feed',
    (window, rng) => onLabels((label) => (rng() < 0.8 ? Number.NaN : label))(window, rng),
  ],
  'labels that are all "no"': ['label-rate', onLabels(() => 0)],
  'labels turned round': ['label-rate', onLabels((label) => 1 - label)],
};

/** Share of broken windows that raise a signal naming the right check. */
export function detections(name: string, runs: number, windowRows: number, seed: number): number {
  const rng = createRng(seed);
  const [check, apply] = breaks[name]!;
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const stream = makeStream('independent rows', 5_000 + windowRows, rng);
    const { inputs, labels } = cut(stream, 0, 5_000);
    const contract = inferContract({ schema: stream.schema, table: inputs, labels }, windowRows);
    const window = apply(cut(stream, 5_000, 5_000 + windowRows), rng);
    const { signals } = judgeQuality(window, contract, defaultQualityPolicy);
    if (signals.some(({ sources }) => sources?.includes(check))) found += 1;
  }
  return found / runs;
}

/** How often data quality is doubted without a break, and how often a break is seen. */
export function run(scale: Scale): readonly Simulated[] {
  const [runs, windowSizes] = scale === 'full' ? [40, [200, 500, 2_000]] : [1, [500]];
  const alarms = worlds.flatMap((world, index) =>
    windowSizes.map((windowRows): Simulated => {
      const measured = falseAlarms(world, runs, windowRows, index + 1);
      const name = `false alarms of data quality: ${world}, windows of ${windowRows}`;
      return { name, measured, promised: '≤ 0.05', holds: measured <= 0.05 };
    }),
  );
  const seen = Object.keys(breaks).flatMap((name, index) =>
    windowSizes.map((windowRows): Simulated => {
      const measured = detections(name, scale === 'full' ? 200 : 4, windowRows, 100 + index);
      return { name: `seen in ${windowRows} rows: ${name}`, measured, promised: '≥ 0.95', holds: measured >= 0.95 };
    }),
  );
  return [...alarms, ...seen];
}
