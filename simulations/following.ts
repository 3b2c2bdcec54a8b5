import { standingShares, type FollowedRows } from '../domain/following/experts.ts';
import { beginFollowing, follow, type FollowState } from '../domain/following/follow.ts';
import { proposeShares } from '../domain/following/proposal.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import type { Scale, Simulated } from './report.ts';

const windowRows = 300;
const alpha = 0.05;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log(p / (1 - p));
const gauss = (rng: Rng): number => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());

interface World {
  readonly name: string;
  /** Rows that depend on each other, as the gate would have found. */
  readonly blockRows: number;
  /** Log-odds of class 1 of each row, and what of it no network knows. */
  readonly draw: (rows: number, rng: Rng) => { readonly known: Float64Array; readonly hidden: Float64Array };
}

const independent: World['draw'] = (rows, rng) => ({
  known: Float64Array.from({ length: rows }, () => 1.5 * gauss(rng)),
  hidden: new Float64Array(rows),
});

/** A stationary process of first order with the standard deviation `sd`. */
function wander(rows: number, memory: number, sd: number, rng: Rng): Float64Array {
  const values = new Float64Array(rows);
  let value = sd * gauss(rng);
  for (let row = 0; row < rows; row += 1) {
    values[row] = value;
    value = memory * value + sd * Math.sqrt(1 - memory ** 2) * gauss(rng);
  }
  return values;
}

/** Nothing changes for good in any of them. */
const steadyWorlds: readonly World[] = [
  { name: 'independent', blockRows: 1, draw: independent },
  {
    name: 'seasonal',
    blockRows: 24,
    draw: (rows, rng) => ({
      known: Float64Array.from({ length: rows }, (_, row) => gauss(rng) + 1.5 * Math.sin((2 * Math.PI * row) / 336)),
      hidden: new Float64Array(rows),
    }),
  },
  {
    name: 'imbalanced',
    blockRows: 1,
    draw: (rows, rng) => ({
      known: Float64Array.from({ length: rows }, () => gauss(rng) - 3),
      hidden: new Float64Array(rows),
    }),
  },
  {
    name: 'labels in spells of a day',
    blockRows: 48,
    draw: (rows, rng) => ({ known: independent(rows, rng).known, hidden: wander(rows, 0.96, 0.7, rng) }),
  },
];

/** The base rate jumps in the middle. */
const jump: World = {
  name: 'a jump of the log-odds by 1',
  blockRows: 1,
  draw: (rows, rng) => ({
    known: independent(rows, rng).known,
    hidden: Float64Array.from({ length: rows }, (_, row) => (row < rows / 2 ? 0 : 1)),
  }),
};

/** Eight networks that each know the world a little wrong, as a blend has them. */
function drawRows({ draw }: World, rows: number, rng: Rng): FollowedRows {
  const { known, hidden } = draw(rows, rng);
  const outputs = Array.from({ length: 8 }, () => {
    const [slope, shift] = [1 + 0.15 * gauss(rng), 0.15 * gauss(rng)];
    return { width: 1, values: known.map((z) => sigmoid(slope * z + shift + 0.3 * gauss(rng))) };
  });
  return { labels: known.map((z, row) => Number(rng() < sigmoid(z + hidden[row]!))), outputs };
}

interface Lived {
  readonly state: FollowState;
  /** Nats that following lost more than standing still, a row: of all, and of the second half. */
  readonly excess: number;
  readonly lateExcess: number;
  /** Shares that served each window. */
  readonly served: readonly (readonly number[])[];
}

/** As it goes live: every window is served with the shares of the one before, and a proposal is taken when there is one. */
function live(rows: FollowedRows, blockRows: number): Lived {
  let state = beginFollowing({ base: '1', task: 'binary', standing: rows.outputs.map(() => 1 / 8), blockRows }, null);
  let serving: readonly number[] = Array.from(standingShares(state.panel));
  const served: (readonly number[])[] = [];
  const count = rows.labels.length;
  let halfway = 0;
  for (let from = 0; from < count; from += windowRows) {
    const to = Math.min(count, from + windowRows);
    const window = {
      labels: Array.from(rows.labels).slice(from, to),
      outputs: rows.outputs.map(({ width, values }) => ({ width, values: values.slice(from, to) })),
    };
    served.push(serving);
    state = follow(state, window, serving);
    serving = proposeShares(state, { champion: '1', served: serving }, alpha)?.shares.flat() ?? serving;
    if (to <= count / 2) halfway = lostMore(state);
  }
  const excess = lostMore(state);
  return { state, excess: excess / count, lateExcess: (excess - halfway) / (count / 2), served };
}

function lostMore({ evidence }: FollowState): number {
  return evidence.followedLoss - evidence.standingLoss;
}

/** A day of wrong labels where following has earned its trust: by how much log-odds the answers after it change, and what it costs. */
function burst(rows: number, rng: Rng): { readonly move: number; readonly cost: number } {
  const clean = drawRows(jump, rows, rng);
  const at = Math.floor(0.75 * rows);
  const labels = Array.from(clean.labels, (label, row) => (row >= at && row < at + 48 ? 1 - label : label));
  const [before, after] = [live(clean, 1), live({ ...clean, labels }, 1)];
  const window = Math.ceil((at + 48) / windowRows);
  let move = 0;
  for (let row = window * windowRows; row < rows; row += 1) {
    const answers = [before, after].map(({ served }) =>
      logit(answerOf(clean, served[Math.floor(row / windowRows)]!, row)),
    );
    move = Math.max(move, Math.abs(answers[1]! - answers[0]!));
  }
  return { move, cost: after.lateExcess - before.lateExcess };
}

function answerOf({ outputs }: FollowedRows, shares: readonly number[], row: number): number {
  const moves = [-2, -1, 0, 1, 2];
  return outputs
    .flatMap(({ values }) => moves.map((move) => sigmoid(logit(values[row]!) + move)))
    .reduce((sum, answer, expert) => sum + shares[expert]! * answer, 0);
}

export function run(scale: Scale): readonly Simulated[] {
  const [streams, rows] = scale === 'full' ? [40, 20_000] : [3, 6_000];
  const steady = steadyWorlds.map((world, at): Simulated => {
    const lived = repeat(streams, (stream) =>
      live(drawRows(world, rows, createRng(100 * at + stream)), world.blockRows),
    );
    // What Fixed Share promises of trust alone, with an observation per block: a half, and a thousandth at each.
    const promised = Math.log(2) / (rows / world.blockRows) + 0.001;
    const measured = mean(lived.map(({ excess }) => excess));
    const name = `${world.name}: nats a row that following loses against standing still`;
    return { name, measured, promised: `at most ${promised.toFixed(4)}`, holds: measured <= promised };
  });
  const jumped = repeat(streams, (stream) => live(drawRows(jump, rows, createRng(900 + stream)), jump.blockRows));
  const gain = -mean(jumped.map(({ lateExcess }) => lateExcess));
  const bursts = repeat(streams, (stream) => burst(rows, createRng(1_700 + stream)));
  const move = Math.max(...bursts.map((one) => one.move));
  return [
    ...steady,
    { name: `after ${jump.name}: nats a row gained`, measured: gain, promised: 'at least 0.05', holds: gain >= 0.05 },
    {
      name: '48 labels turned round: largest change of an answer, in log-odds',
      measured: move,
      promised: 'at most 2',
      holds: move <= 2,
    },
    {
      name: '48 labels turned round: nats a row that the second half loses by it',
      measured: mean(bursts.map(({ cost }) => cost)),
      promised: 'at most 0.005',
      holds: mean(bursts.map(({ cost }) => cost)) <= 0.005,
    },
  ];
}

function repeat<T>(times: number, one: (index: number) => T): readonly T[] {
  return Array.from({ length: times }, (_, index) => one(index));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
