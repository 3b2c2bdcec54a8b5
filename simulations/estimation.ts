import { normalQuantile } from '../domain/math/normal.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { judgeEstimates } from '../domain/monitoring/judge-estimates.ts';
import { buildReference } from '../domain/monitoring/reference.ts';
import { accuracy } from '../domain/outcomes/metrics.ts';
import type { DataSchema, Table } from '../domain/table.ts';
import type { Predictions } from '../domain/task.ts';
import type { Scale, Simulated } from './report.ts';

const schema: DataSchema = { features: [], label: 'y', classes: ['0', '1'] };

interface Drawn {
  readonly outputs: Predictions;
  readonly labels: Float64Array;
}

/** A model that is surer than it may be: its log-odds are twice the true ones, which lie around `center`. */
function draw(rng: Rng, rows: number, center: number): Drawn {
  const odds = Float64Array.from(
    { length: rows },
    () => center + normalQuantile((Math.floor(rng() * 2 ** 20) + 0.5) / 2 ** 20),
  );
  const toProbability = (logOdds: number) => 1 / (1 + Math.exp(-logOdds));
  return {
    outputs: { width: 1, values: odds.map((logOdds) => toProbability(2 * logOdds)) },
    labels: odds.map((logOdds) => (rng() < toProbability(logOdds) ? 1 : 0)),
  };
}

interface Trial {
  readonly isSignalled: boolean;
  /** Between the estimated and the realised accuracy of the window. */
  readonly error: number;
  /** Of the realised accuracy, between holdout and window: what one errs by who assumes no change. */
  readonly change: number;
}

/** One champion's holdout, and one window of rows whose true log-odds lie around `center`. */
function tryWindow(seed: number, holdoutRows: number, windowRows: number, center: number): Trial {
  const rng = createRng(seed);
  const holdout = draw(rng, holdoutRows, 0.5);
  const inputs: Table = { rowCount: holdoutRows, columns: {} };
  const reference = buildReference({ task: 'binary', schema, inputs, ...holdout });
  const window = draw(rng, windowRows, center);
  const { estimates, signals } = judgeEstimates(reference, { rowCount: windowRows, columns: {} }, window.outputs);
  const { value, realized } = estimates.find(({ metric }) => metric === 'accuracy')!;
  const actual = accuracy(window.labels, window.outputs)!;
  return { isSignalled: signals.length > 0, error: Math.abs(value - actual), change: Math.abs(realized - actual) };
}

function meanOf(trials: readonly Trial[], of: (trial: Trial) => number): number {
  return trials.reduce((sum, trial) => sum + of(trial), 0) / trials.length;
}

/** How often performance is wrongly said to be lost, and how near the estimates are where inputs shift but nothing else does. */
export function run(scale: Scale): readonly Simulated[] {
  const windows = scale === 'full' ? 400 : 16;
  const trials = (holdoutRows: number, windowRows: number, center: number) =>
    Array.from({ length: windows }, (_, seed) => tryWindow(seed, holdoutRows, windowRows, center));
  const falseAlarms = ([holdoutRows, windowRows]: readonly [number, number]): Simulated => {
    const measured = meanOf(trials(holdoutRows, windowRows, 0.5), ({ isSignalled }) => Number(isSignalled));
    const name = `windows of ${windowRows} rows with a false estimate of lost performance, holdout of ${holdoutRows}`;
    return { name, measured, promised: '≤ 0.05', holds: measured <= 0.05 };
  };
  const shifted = trials(2_000, 2_000, 1.5);
  const error = meanOf(shifted, (trial) => trial.error);
  const change = meanOf(shifted, (trial) => trial.change);
  return [
    ...(
      [
        [300, 200],
        [1_000, 1_000],
        [2_000, 10_000],
      ] as const
    ).map(falseAlarms),
    {
      name: 'mean error of the estimated accuracy under covariate shift, against assuming no change',
      measured: error / change,
      promised: '≤ 0.25',
      holds: error <= 0.25 * change,
    },
  ];
}
