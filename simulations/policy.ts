import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoricalRows } from '../adapters/data/read-labelled-rows.ts';
import { playStrategy, type PolicyReport } from '../backtest/play.ts';
import { planStrategy } from '../backtest/strategies.ts';
import { planStream } from '../backtest/stream.ts';
import { defaultPolicy, defaultTraining } from '../config/defaults.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import type { ModelProject } from '../domain/project.ts';
import type { Scale, Simulated } from './report.ts';

const blockRows = 500;
const firstRows = 6_000;
const features = ['a', 'b', 'c'] as const;

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
  const reports: PolicyReport[] = [];
  for (const [index, stream] of streams.entries()) reports.push(await play(stream, rows, createRng(11 + index)));
  const gates = sum(reports.map(({ retrainings }) => retrainings));
  const promotions = sum(reports.map((report) => report.promotions));
  const { alpha } = defaultPolicy.gate;
  // Three standard errors of a share at the level.
  const limit = alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / gates);
  const each = streams.map(({ name }, index): Simulated => {
    const { promotions: measured, retrainings } = reports[index]!;
    return { name: `${name}: promotions in ${retrainings} gates`, measured, promised: 'few', holds: true };
  });
  const share = promotions / gates;
  const name = `promotions by mistake, of ${gates} gates on steady streams`;
  return [...each, { name, measured: share, promised: `at most ${alpha}`, holds: share <= limit }];
}

async function play(stream: SteadyStream, rows: number, rng: Rng): Promise<PolicyReport> {
  const project = projectOf(stream.name);
  const plan = planStream(drawHistory(stream, rows, rng), { block: { rows: blockRows }, firstRows });
  const directory = await mkdtemp(join(tmpdir(), 'incumbent-steady-'));
  try {
    const strategy = planStrategy('policy', project.policy, blockRows);
    return await playStrategy(project, plan, strategy, directory, () => undefined);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function projectOf(name: string): ModelProject {
  const { retrain, snapshot } = defaultPolicy;
  return {
    name,
    task: null,
    data: { path: '', label: 'label', id: null, time: null, labelTime: null, take: null },
    features: {},
    exclude: [],
    slices: [],
    sensitive: [],
    privacy: { hash: [], omit: [] },
    utility: null,
    goldenSet: null,
    card: {},
    training: { ...defaultTraining, networks: defaultTraining.networks.slice(0, 2), windows: ['recent'], maxEpochs: 8 },
    policy: {
      ...defaultPolicy,
      retrain: { ...retrain, every: { rows: 1_000 }, budget: { trainings: 100, per: { rows: 1_000 } } },
      // A later model must not be better for having seen more.
      snapshot: { ...snapshot, maxRows: firstRows },
    },
  };
}

function drawHistory({ draw, intercept }: SteadyStream, rowCount: number, rng: Rng): HistoricalRows {
  const columns = features.map(() => new Float64Array(rowCount));
  const labels = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const values = draw(row, rng);
    for (const [at, value] of values.entries()) columns[at]![row] = value;
    const score = intercept + Math.tanh(values[0]) + Math.tanh(values[1]) - 0.5 * Math.tanh(values[2]);
    labels[row] = rng() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  }
  const table = {
    rowCount,
    columns: Object.fromEntries(features.map((name, at) => [name, { kind: 'numeric' as const, values: columns[at]! }])),
  };
  const keys = Array.from({ length: rowCount }, (_, row) => `history:${String(row).padStart(10, '0')}`);
  const schema = {
    features: features.map((name) => ({ name, type: 'numeric' as const })),
    label: 'label',
    classes: ['0', '1'],
  };
  return { schema, rows: { table, labels, keys }, eventMs: null, labelMs: null };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
