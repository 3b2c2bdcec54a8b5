import { measureScores } from '../domain/calibration/profile.ts';
import type { ScoredRows } from '../domain/calibration/scored-rows.ts';
import { normalQuantile } from '../domain/math/normal.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { diagnose } from '../domain/triage/diagnose.ts';
import { defaultTriagePolicy } from '../domain/triage/policy.ts';
import type { Scale, Simulated } from './report.ts';

interface World {
  /** The chance of class 1 is σ(slope·score + shift + noise); the model says σ(score). */
  readonly slope: number;
  readonly shift: number;
  readonly noise: number;
  /** Of the scores and the noise from one row to the next: an AR(1) process. */
  readonly persistence: number;
}

const same: World = { slope: 1, shift: 0, noise: 0, persistence: 0 };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function wander(rng: Rng, persistence: number): () => number {
  const normal = () => normalQuantile(Math.max(1e-12, rng()));
  let value = normal();
  return () => (value = persistence * value + Math.sqrt(1 - persistence ** 2) * normal());
}

function drawRows(rows: number, { slope, shift, noise, persistence }: World, rng: Rng): ScoredRows {
  const [next, sway] = [wander(rng, persistence), wander(rng, persistence)];
  const scores = Array.from({ length: rows }, () => 1.5 * next());
  const labels = scores.map((score) => Number(rng() < sigmoid(slope * score + shift + noise * sway())));
  return { labels, predictions: { width: 1, values: scores.map(sigmoid) } };
}

type Call = 'recalibrate' | 'retrain' | 'neither';

/** What the champion's newest rows call for, were their performance lost. */
function call(world: World, rows: number, rng: Rng): Call {
  // What rows have in common must not make the holdout differ from the present.
  const [held, recent] = [
    drawRows(3_000, { ...same, persistence: world.persistence }, rng),
    drawRows(rows, world, rng),
  ];
  const [holdout, now] = [measureScores('binary', held), measureScores('binary', recent)];
  if (holdout === null || now === null) return 'neither';
  const { ranking, calibration } = diagnose(
    { task: 'binary', recent, now, holdout },
    defaultTriagePolicy,
    ({ outcome }) => outcome === 'pass',
  );
  if (ranking.outcome === 'fail') return 'retrain';
  return calibration?.outcome === 'fail' ? 'recalibrate' : 'neither';
}

function shareOf(wanted: Call, world: World, runs: number, seed: number, rows = 2_000): number {
  const rng = createRng(seed);
  const calls = Array.from({ length: runs }, () => call(world, rows, rng));
  return calls.filter((one) => one === wanted).length / runs;
}

/** How often lost calibration is seen, lost ranking is not taken for it, and neither where nothing was lost. */
export function run(scale: Scale): readonly Simulated[] {
  const runs = scale === 'full' ? 400 : 4;
  const atMost = (name: string, measured: number): Simulated => ({
    name,
    measured,
    promised: '≤ 0.05',
    holds: measured <= 0.05,
  });
  const atLeast = (name: string, measured: number): Simulated => ({
    name,
    measured,
    promised: '≥ 0.9',
    holds: measured >= 0.9,
  });
  const dependent = { ...same, persistence: 0.9 };
  return [
    atMost('recalibrated although nothing changed', shareOf('recalibrate', same, runs, 1)),
    atMost('recalibrated although nothing changed, dependent rows', shareOf('recalibrate', dependent, runs, 2)),
    atMost('ranking called lost although nothing changed', shareOf('retrain', same, runs, 3)),
    atMost('recalibrated although the ranking is lost', shareOf('recalibrate', { ...same, slope: 0.2 }, runs, 4)),
    atMost('recalibrated although the world got harder', shareOf('recalibrate', { ...same, noise: 3 }, runs, 5)),
    atLeast('recalibrated: labels rarer, order kept', shareOf('recalibrate', { ...same, shift: -1.5 }, runs, 6)),
    atLeast('recalibrated: labels more frequent, order kept', shareOf('recalibrate', { ...same, shift: 1 }, runs, 7)),
    atLeast('retrained: ranking lost', shareOf('retrain', { ...same, slope: 0.2 }, runs, 8)),
  ];
}
