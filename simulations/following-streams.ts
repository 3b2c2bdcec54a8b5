import type { FollowedRows } from '../domain/following/experts.ts';
import type { FollowedChampion } from '../domain/following/follow.ts';
import type { Rng } from '../domain/math/rng.ts';

type DrawnTask = Extract<FollowedChampion['task'], 'binary' | 'regression'>;

/** A world in which eight networks each know a little wrong what can be known, as those of a blend do. */
export interface FollowedStream {
  readonly name: string;
  readonly task: DrawnTask;
  /** Rows that depend on each other, as the gate would have found. */
  readonly blockRows: number;
  /** What can be known of each row, and what no network knows: in log-odds of class 1, or in standard deviations of the noise. */
  readonly draw: (rows: number, rng: Rng) => { readonly known: Float64Array; readonly hidden: Float64Array };
  /** What is left to chance of a value. @default a standard normal law */
  readonly noise?: (rng: Rng) => number;
}

const networks = 8;
const gauss = (rng: Rng): number => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const fill = (rows: number, value: (row: number) => number): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => value(row));

/** A stationary process of first order with the standard deviation `sd`. */
function wander(rows: number, memory: number, sd: number, rng: Rng): Float64Array {
  let value = sd * gauss(rng);
  return fill(rows, () => {
    const now = value;
    value = memory * value + sd * Math.sqrt(1 - memory ** 2) * gauss(rng);
    return now;
  });
}

const spread = (rows: number, rng: Rng): Float64Array => fill(rows, () => 1.5 * gauss(rng));
const plain: FollowedStream['draw'] = (rows, rng) => ({ known: spread(rows, rng), hidden: new Float64Array(rows) });
const hiding =
  (hide: (row: number, rows: number) => number): FollowedStream['draw'] =>
  (rows, rng) => ({ known: spread(rows, rng), hidden: fill(rows, (row) => hide(row, rows)) });
const seasonal: FollowedStream['draw'] = (rows, rng) => ({
  known: fill(rows, (row) => gauss(rng) + 1.5 * Math.sin((2 * Math.PI * row) / 336)),
  hidden: new Float64Array(rows),
});
const inSpells: FollowedStream['draw'] = (rows, rng) => ({
  known: spread(rows, rng),
  hidden: wander(rows, 0.96, 0.7, rng),
});
const imbalanced: FollowedStream['draw'] = (rows, rng) => ({
  known: fill(rows, () => gauss(rng) - 3),
  hidden: new Float64Array(rows),
});

/** Student's law of three degrees of freedom, with the variance 1. */
function heavyTailed(rng: Rng): number {
  const chiSquared = gauss(rng) ** 2 + gauss(rng) ** 2 + gauss(rng) ** 2;
  return gauss(rng) / Math.sqrt(chiSquared);
}

const values = { task: 'regression', blockRows: 1 } as const;
const classes = { task: 'binary', blockRows: 1 } as const;

/** Nothing changes for good in any of them. */
export const steadyStreams: readonly FollowedStream[] = [
  { ...classes, name: 'independent', draw: plain },
  { ...classes, name: 'seasonal', blockRows: 24, draw: seasonal },
  { ...classes, name: 'imbalanced', draw: imbalanced },
  { ...classes, name: 'labels in spells of a day', blockRows: 48, draw: inSpells },
  { ...values, name: 'values, independent', draw: plain },
  { ...values, name: 'values, seasonal', blockRows: 24, draw: seasonal },
  { ...values, name: 'values with heavy tails', draw: plain, noise: heavyTailed },
  { ...values, name: 'values, errors in spells of a day', blockRows: 48, draw: inSpells },
];

/** What no network knows moves by 1: at once in the middle, or there and back every 6,000 rows. */
const jump = hiding((row, rows) => (row < rows / 2 ? 0 : 1));
const tide = hiding((row) => Math.sin((2 * Math.PI * row) / 6_000));

export const jumped: FollowedStream = { ...classes, name: 'a jump of the log-odds by 1', draw: jump };
export const driftingStreams: readonly FollowedStream[] = [
  jumped,
  { ...classes, name: 'log-odds that go there and back by 1', draw: tide },
  { ...values, name: 'a jump of the values by 1 deviation', draw: jump },
  { ...values, name: 'values that go there and back by 1 deviation', draw: tide },
];

/** What no network knows turns round with every window: whoever follows is always late. */
export function turningStreams(windowRows: number): readonly FollowedStream[] {
  const turning = hiding((row) => (Math.floor(row / windowRows) % 2 === 0 ? 1 : -1));
  return [
    { ...classes, name: 'log-odds that turn with every window', draw: turning },
    { ...values, name: 'values that turn with every window', draw: turning },
  ];
}

export function drawRows(stream: FollowedStream, rows: number, rng: Rng): FollowedRows {
  const { known, hidden } = stream.draw(rows, rng);
  const isValue = stream.task === 'regression';
  const answer = isValue ? (z: number): number => z : sigmoid;
  const outputs = Array.from({ length: networks }, () => {
    const [slope, shift] = [1 + 0.15 * gauss(rng), 0.15 * gauss(rng)];
    return { width: 1, values: known.map((z) => answer(slope * z + shift + 0.3 * gauss(rng))) };
  });
  const noise = stream.noise ?? gauss;
  const labels = known.map((z, row) => {
    const truth = z + hidden[row]!;
    return isValue ? truth + noise(rng) : Number(rng() < sigmoid(truth));
  });
  return { labels, outputs };
}
