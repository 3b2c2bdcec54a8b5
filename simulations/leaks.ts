import { checkLeaks, type KnownRows } from '../domain/gate/leaks.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import type { Column } from '../domain/table.ts';
import type { Scale, Simulated } from './report.ts';

const trainingRows = 4_000;
const holdoutRows = 1_000;

/** A row of numbers and texts, its label last. */
type Row = readonly (number | string)[];

/** Draws one row after the other; closures carry what lasts from row to row. */
type Source = (rng: Rng) => () => Row;

const gaussian = (rng: Rng): number => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
const coin = (rng: Rng): number => (rng() < 0.4 ? 1 : 0);
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** Tables as they come, none of them with a leak. */
const sources: Readonly<Record<string, Source>> = {
  'six measurements': (rng) => () => [...times(6, () => gaussian(rng)), coin(rng)],
  'three categories of four': (rng) => () => [...times(3, () => `c${Math.floor(rng() * 4)}`), coin(rng)],
  'skewed categories, many of them rare': (rng) => () => [
    ...times(3, () => `c${Math.floor(1 / (0.005 + rng() ** 2))}`),
    coin(rng),
  ],
  'small whole numbers': (rng) => () => [...times(4, () => Math.round(3 * gaussian(rng))), coin(rng)],
  'a random walk, rounded': (rng) => {
    const walk = [0, 0, 0];
    return () => {
      walk.forEach((value, index) => (walk[index] = value + 0.3 * gaussian(rng)));
      return [...walk.map((value) => Math.round(value * 10) / 10), coin(rng)];
    };
  },
  'entities that come back unchanged': (rng) => {
    const entities = times(3_000, (): Row => [...times(5, () => gaussian(rng)), coin(rng)]);
    return () => entities[Math.floor(rng() * entities.length)]!;
  },
  'a feed that is stuck now and then': (rng) => {
    let row: Row = [];
    return () => (row.length > 0 && rng() < 0.5 ? row : (row = [...times(4, () => gaussian(rng)), coin(rng)]));
  },
};

/** What happens to a share of the holdout rows before they get into the training rows. */
type Leak = (row: Row, rng: Rng) => Row;
const whole: Leak = (row) => row;
const jittered: Leak = (row, rng) =>
  row.map((value) => (typeof value === 'number' && value % 1 !== 0 ? value + 1e-7 * gaussian(rng) : value));
const oneChanged: Leak = (row, rng) => [gaussian(rng), ...row.slice(1)];

function judge(source: Source, rng: Rng, leak: Leak, share: number): string {
  const next = source(rng);
  const training = times(trainingRows, next);
  const holdout = times(holdoutRows, next);
  for (const row of holdout) if (rng() < share) training[Math.floor(rng() * trainingRows)] = leak(row, rng);
  return checkLeaks('challenger', toRows(holdout, 'holdout'), toRows(training, 'train')).outcome;
}

function toRows(rows: readonly Row[], name: string): KnownRows {
  const width = rows[0]!.length - 1;
  const columns = Array.from({ length: width }, (_, index): [string, Column] => {
    const values = rows.map((row) => row[index]!);
    const isText = typeof values[0] === 'string';
    return [
      `x${index}`,
      isText
        ? { kind: 'categorical', values: values.map(String) }
        : { kind: 'numeric', values: Float64Array.from(values, Number) },
    ];
  });
  return {
    table: { rowCount: rows.length, columns: Object.fromEntries(columns) },
    labels: Float64Array.from(rows, (row) => Number(row[width])),
    keys: rows.map((_, index) => `${name}:${index}`),
  };
}

/** How often the leak check cries without a leak, and how often it is silent with one. */
export function run(scale: Scale): readonly Simulated[] {
  const runs = scale === 'full' ? 100 : 4;
  const share = (
    source: Source,
    leak: Leak,
    leaked: number,
    isIt: (outcome: string) => boolean,
    seed: number,
  ): number => {
    const rng = createRng(seed);
    return times(runs, () => judge(source, rng, leak, leaked)).filter(isIt).length / runs;
  };
  const alarms = Object.entries(sources).map(([name, source]) => {
    const measured = share(source, whole, 0, (outcome) => outcome !== 'pass', 1);
    return { name: `false alarms: ${name}`, measured, promised: '≤ 0.02', holds: measured <= 0.02 };
  });
  const measurements = sources['six measurements']!;
  const numbers = sources['small whole numbers']!;
  const leaks = [
    {
      name: 'refused: 3% of the holdout in the training rows',
      measured: share(measurements, whole, 0.03, (o) => o === 'fail', 2),
    },
    {
      name: 'refused: half of the holdout, small whole numbers',
      measured: share(numbers, whole, 0.5, (o) => o === 'fail', 3),
    },
    {
      name: 'held: 3% near copies, numbers jittered',
      measured: share(measurements, jittered, 0.03, (o) => o !== 'pass', 4),
    },
    {
      name: 'held: 3% near copies, one column changed',
      measured: share(measurements, oneChanged, 0.03, (o) => o !== 'pass', 5),
    },
  ].map((one) => ({ ...one, promised: '≥ 0.95', holds: one.measured >= 0.95 }));
  return [...alarms, ...leaks];
}
