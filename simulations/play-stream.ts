import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoricalRows } from '../adapters/data/read-labelled-rows.ts';
import { playStrategy, type PolicyReport } from '../backtest/play.ts';
import { planStrategy } from '../backtest/strategies.ts';
import { planStream } from '../backtest/stream.ts';
import { defaultPolicy, defaultTraining } from '../config/defaults.ts';
import type { Rng } from '../domain/math/rng.ts';
import type { ModelProject, Policy } from '../domain/project.ts';
import { historyKey } from '../domain/snapshot/row-keys.ts';

const features = ['a', 'b', 'c'] as const;

/** A made-up stream of two classes. */
export interface DrawnStream {
  readonly name: string;
  readonly rows: number;
  /** The three features of a row, and its label. */
  readonly draw: (row: number, rng: Rng) => readonly [a: number, b: number, c: number, label: 0 | 1];
}

export interface PlayOptions {
  readonly blockRows: number;
  readonly firstRows: number;
  /** What is not as in the default policy. */
  readonly policy?: Partial<Policy>;
}

/** The whole default policy on a stream, as a backtest plays it, with two small networks of at most eight epochs. */
export async function playStream(stream: DrawnStream, rng: Rng, options: PlayOptions): Promise<PolicyReport> {
  const { blockRows, firstRows } = options;
  const training = { networks: defaultTraining.networks.slice(0, 2), windows: ['recent'] } as const;
  const project = projectOf('stream', training, { ...defaultPolicy, ...options.policy });
  const plan = planStream(drawHistory(stream, rng), { block: { rows: blockRows }, firstRows });
  const directory = await mkdtemp(join(tmpdir(), 'incumbent-stream-'));
  try {
    const strategy = planStrategy('policy', project.policy, blockRows);
    return await playStrategy(project, plan, strategy, directory, () => undefined);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A project that has no file: its rows are drawn. Networks train for eight epochs at most. */
export function projectOf(
  name: string,
  training: Pick<ModelProject['training'], 'networks' | 'windows'>,
  policy: Policy,
): ModelProject {
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
    training: { ...defaultTraining, ...training, maxEpochs: 8 },
    policy,
  };
}

function drawHistory({ rows: rowCount, draw }: DrawnStream, rng: Rng): HistoricalRows {
  const columns = features.map(() => new Float64Array(rowCount));
  const labels = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const [a, b, c, label] = draw(row, rng);
    for (const [at, value] of [a, b, c].entries()) columns[at]![row] = value;
    labels[row] = label;
  }
  const table = {
    rowCount,
    columns: Object.fromEntries(features.map((name, at) => [name, { kind: 'numeric' as const, values: columns[at]! }])),
  };
  const keys = Array.from({ length: rowCount }, (_, row) => historyKey(row));
  const schema = {
    features: features.map((name) => ({ name, type: 'numeric' as const })),
    label: 'label',
    classes: ['0', '1'],
  };
  return { schema, rows: { table, labels, keys }, eventMs: null, labelMs: null };
}
