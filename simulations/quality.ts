import { createRng, type Rng } from '../domain/math/rng.ts';
import type { SchemaContract } from '../domain/quality/contract.ts';
import { inferContract } from '../domain/quality/infer-contract.ts';
import { judgeQuality } from '../domain/quality/judge.ts';
import { defaultQualityPolicy } from '../domain/quality/policy.ts';
import type { Column } from '../domain/table.ts';
import { cut, makeStream, worlds, type Stream, type World } from './quality-streams.ts';
import type { Scale, Simulated } from './report.ts';

function judge({ inputs, labels }: Stream['window'], contract: SchemaContract) {
  return judgeQuality({ inputs, labels: { values: labels, matureShare: 0.95 } }, contract, defaultQualityPolicy);
}

const trainingRows = 10_000;
const laterRows = 8_000;

/** Share of the windows after the training part that raise a signal although nothing broke. */
function falseAlarms(world: World, runs: number, windowRows: number, seed: number): number {
  const rng = createRng(seed);
  let [windows, alarms] = [0, 0];
  for (let story = 0; story < runs; story++) {
    const stream = makeStream(world, trainingRows + laterRows, rng);
    const { inputs, labels } = cut(stream, 0, trainingRows);
    const contract = inferContract({ schema: stream.schema, table: inputs, labels }, windowRows);
    for (let from = trainingRows; from + windowRows <= trainingRows + laterRows; from += windowRows) {
      const { signals } = judge(cut(stream, from, from + windowRows), contract);
      windows += 1;
      alarms += signals.length;
    }
  }
  return alarms / windows;
}

type Break = (window: Stream['window'], rng: Rng) => Stream['window'];

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
      if (column?.kind !== 'categorical') return { inputs, labels };
      const values = column.values.map((value, row) => (row % 4 === 0 ? `new ${value}` : value));
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
function detections(name: string, runs: number, windowRows: number, seed: number): number {
  const rng = createRng(seed);
  const [check, apply] = breaks[name]!;
  let found = 0;
  for (let story = 0; story < runs; story++) {
    const stream = makeStream('independent rows', 5_000 + windowRows, rng);
    const { inputs, labels } = cut(stream, 0, 5_000);
    const contract = inferContract({ schema: stream.schema, table: inputs, labels }, windowRows);
    const window = apply(cut(stream, 5_000, 5_000 + windowRows), rng);
    const { signals } = judge(window, contract);
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
