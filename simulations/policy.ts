import type { PolicyReport } from '../backtest/play.ts';
import { defaultPolicy } from '../config/defaults.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { wilson } from '../domain/report/reliability.ts';
import { playStream, type DrawnStream } from './play-stream.ts';
import type { Scale, Simulated } from './report.ts';

const firstRows = 6_000;

/** A stream whose concept never changes: the chance of class 1, given the features of a row, is the same throughout. */
interface SteadyStream {
  readonly name: string;
  /** The three features of a row. */
  readonly draw: (row: number, rng: Rng) => readonly [number, number, number];
  readonly intercept: number;
}

const gauss = (rng: Rng): number => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
const season = (row: number): number => Math.sin((2 * Math.PI * row) / 336);

const steadyStreams: readonly SteadyStream[] = [
  { name: 'independent', draw: (_, rng) => [gauss(rng), gauss(rng), gauss(rng)], intercept: 0 },
  { name: 'seasonal', draw: (row, rng) => [gauss(rng) + 1.5 * season(row), gauss(rng), season(row)], intercept: 0 },
  {
    name: 'heavy-tailed',
    draw: (_, rng) => [gauss(rng) / (0.1 + rng()), gauss(rng) ** 3, gauss(rng) / Math.sqrt(0.05 + rng())],
    intercept: 0,
  },
  { name: 'imbalanced', draw: (_, rng) => [gauss(rng), gauss(rng), gauss(rng)], intercept: -3 },
];

/**
 * The whole policy, as a backtest plays it, on streams in which there is nothing to learn anew: a retraining every thousand
 * rows, each on as many rows as the last. What is promoted is promoted by mistake.
 */
export async function run(scale: Scale): Promise<readonly Simulated[]> {
  const rows = scale === 'full' ? 20_000 : 9_000;
  const streams = scale === 'full' ? steadyStreams : steadyStreams.slice(0, 1);
  const seeds = scale === 'full' ? 6 : 1;
  const counts: Count[] = [];
  for (const [index, stream] of streams.entries()) {
    let count: Count = { gates: 0, promotions: 0 };
    for (let seed = 0; seed < seeds; seed++) {
      count = add(count, await play(stream, rows, createRng(11 + index + 100 * seed)));
    }
    counts.push(count);
  }
  const { gates, promotions } = counts.reduce(add);
  const { alpha } = defaultPolicy.gate;
  const each = streams.map(({ name }, index): Simulated => {
    const { promotions: measured, gates: held } = counts[index]!;
    return { name: `${name}: promotions in ${held} gates`, measured, promised: 'few', holds: true };
  });
  const share = promotions / gates;
  const { low, high } = wilson(share, gates);
  const name = `promotions by mistake, of ${gates} gates on steady streams (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)})`;
  // Three standard errors of a share at the level.
  const limit = alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / gates);
  return [...each, { name, measured: share, promised: `at most ${alpha}`, holds: share <= limit }];
}

interface Count {
  readonly gates: number;
  readonly promotions: number;
}

function add(sum: Count, { gates, promotions }: Count): Count {
  return { gates: sum.gates + gates, promotions: sum.promotions + promotions };
}

async function play(stream: SteadyStream, rows: number, rng: Rng): Promise<Count> {
  const { retrain, snapshot } = defaultPolicy;
  const policy = {
    retrain: { ...retrain, every: { rows: 1_000 }, budget: { trainings: 100, per: { rows: 1_000 } } },
    // A later model must not be better for having seen more.
    snapshot: { ...snapshot, maxRows: firstRows },
  };
  const report: PolicyReport = await playStream(labelled(stream, rows), rng, { blockRows: 500, firstRows, policy });
  return { gates: report.retrainings, promotions: report.promotions };
}

function labelled({ name, draw, intercept }: SteadyStream, rows: number): DrawnStream {
  return {
    name,
    rows,
    draw: (row, rng) => {
      const [a, b, c] = draw(row, rng);
      const score = intercept + Math.tanh(a) + Math.tanh(b) - 0.5 * Math.tanh(c);
      return [a, b, c, rng() < 1 / (1 + Math.exp(-score)) ? 1 : 0];
    },
  };
}
