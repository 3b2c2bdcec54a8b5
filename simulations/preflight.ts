import { normalQuantile } from '../domain/math/normal.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { initialAdwin, scanAdwin } from '../domain/outcomes/adwin.ts';
import { smallestHarm } from '../domain/preflight/smallest-harm.ts';
import { labelsUntilVisible } from '../domain/preflight/visible-rise.ts';
import { observePairs } from '../domain/probation/observe.ts';
import { defaultProbationPolicy } from '../domain/probation/policy.ts';
import { initialProbation, type LossPair } from '../domain/probation/state.ts';
import type { Scale, Simulated } from './report.ts';

const power = 0.8;
const horizon = 4_000;

/** A chance that is promised to be .8: what a closed form may be off by, and chance. */
function holds(measured: number, runs: number): boolean {
  const error = 3 * Math.sqrt((power * (1 - power)) / runs);
  return measured >= power - 0.1 - error;
}

function report(name: string, measured: number, runs: number): Simulated {
  return { name, measured, promised: '≥ 0.8, less a tenth', holds: holds(measured, runs) };
}

interface Harm {
  readonly discordant: number;
  readonly labels?: number;
  /** Rows whose harm is the same, up to chance; 1 for independent rows. */
  readonly blockLabels?: number;
  readonly seed: number;
}

/** Share of probations that roll back a model worse by what `check` says is caught with a chance of .8. */
export function simulateSmallestHarm({ discordant, labels = horizon, blockLabels = 1, seed }: Harm, runs: number) {
  const policy = { ...defaultProbationPolicy, horizonLabels: labels, maxExtensions: 0 };
  const swaySquare = blockLabels === 1 ? 0 : discordant / blockLabels;
  const pair = { meanSquare: discordant, blockVariance: discordant / blockLabels + swaySquare };
  const harm = smallestHarm({ policy, labels, blockLabels, isRegression: false, pair, power });
  if (harm === null) throw new Error('no harm is caught');
  const rng = createRng(seed);
  let caught = 0;
  for (let stream = 0; stream < runs; stream++) {
    const pairs = drawPairs(labels, blockLabels, () => harm + Math.sqrt(swaySquare) * drawNormal(rng), discordant, rng);
    const { decision } = observePairs(initialProbation(policy, 'binary', 1, blockLabels), pairs);
    if (decision?.outcome === 'rolled-back') caught += 1;
  }
  return { harm, caught: caught / runs };
}

function drawPairs(labels: number, blockLabels: number, drawHarm: () => number, discordant: number, rng: Rng) {
  let harm = 0;
  return Array.from({ length: labels }, (_, label): LossPair => {
    if (label % blockLabels === 0) harm = Math.max(-discordant, Math.min(discordant, drawHarm()));
    const u = rng();
    if (u < (discordant + harm) / 2) return { newLoss: 1, oldLoss: 0 };
    return { newLoss: 0, oldLoss: u < discordant ? 1 : 0 };
  });
}

/** Share of regression probations that roll back a model worse by what `check` says is caught. */
export function simulateRegressionHarm(spread: number, seed: number, runs: number) {
  const policy = { ...defaultProbationPolicy, horizonLabels: horizon, maxExtensions: 0 };
  const pair = { meanSquare: spread ** 2, blockVariance: spread ** 2 };
  const harm = smallestHarm({ policy, labels: horizon, blockLabels: 1, isRegression: true, pair, power });
  if (harm === null) throw new Error('no harm is caught');
  const rng = createRng(seed);
  let caught = 0;
  for (let stream = 0; stream < runs; stream++) {
    const pairs = Array.from({ length: horizon }, () => {
      const difference = harm + spread * drawNormal(rng);
      return { newLoss: Math.max(0, 0.5 + difference / 2), oldLoss: Math.max(0, 0.5 - difference / 2) };
    });
    if (observePairs(initialProbation(policy, 'regression'), pairs).decision?.outcome === 'rolled-back') caught += 1;
  }
  return { harm, caught: caught / runs };
}

function drawNormal(rng: Rng): number {
  return normalQuantile((Math.floor(rng() * 2 ** 20) + 0.5) / 2 ** 20);
}

interface Rise {
  readonly error: number;
  readonly rise: number;
  readonly quietLabels: number;
  readonly blockRows: number;
  readonly seed: number;
}

/** Share of streams in which ADWIN has seen a rise by the label that `check` says. */
export function simulateVisibleRise({ error, rise, quietLabels, blockRows, seed }: Rise, runs: number) {
  const blockVariance = (error * (1 - error)) / blockRows;
  const labels = labelsUntilVisible({ rise, blockRows, blockVariance, quietLabels, power });
  if (labels === null) throw new Error('the rise is never visible');
  const rng = createRng(seed);
  const clock = Math.max(1, Math.ceil(32 / blockRows));
  let seen = 0;
  for (let stream = 0; stream < runs; stream++) {
    const blocks = Float64Array.from({ length: Math.floor((quietLabels + labels) / blockRows) }, (_, block) => {
      let sum = 0;
      for (let row = block * blockRows; row < (block + 1) * blockRows; row++) {
        sum += rng() < (row < quietLabels ? error : error + rise) ? 1 : 0;
      }
      return sum;
    });
    const { detections } = scanAdwin(initialAdwin({ clock }), blocks);
    if (detections.some(({ index, direction }) => direction === 'up' && index * blockRows >= quietLabels)) seen += 1;
  }
  return { labels, seen: seen / runs };
}

/** Whether what `incumbent check` promises to be seen is seen as often as it says. */
export function run(scale: Scale): readonly Simulated[] {
  const runs = scale === 'full' ? 400 : 15;
  const rounds = scale === 'full' ? 4_000 : 15;
  const harms: readonly Harm[] = [
    { discordant: 0.03, seed: 1 },
    { discordant: 0.1, seed: 2 },
    { discordant: 0.3, labels: 1_000, seed: 3 },
    { discordant: 0.2, blockLabels: 24, seed: 4 },
  ];
  const rises: readonly Rise[] = [
    { error: 0.2, rise: 0.05, quietLabels: 10_000, blockRows: 1, seed: 5 },
    { error: 0.05, rise: 0.02, quietLabels: 10_000, blockRows: 1, seed: 6 },
    { error: 0.2, rise: 0.05, quietLabels: 10_000, blockRows: 24, seed: 7 },
  ];
  return [
    ...harms.map((design) => {
      const { harm, caught } = simulateSmallestHarm(design, runs);
      const { discordant, labels = horizon, blockLabels = 1 } = design;
      const name = `${(100 * harm).toFixed(1)} points caught in ${labels} labels, ${discordant} discordant, blocks of ${blockLabels}`;
      return report(name, caught, runs);
    }),
    report('regression, the smallest harm caught', simulateRegressionHarm(0.1, 8, runs).caught, runs),
    ...rises.map((design) => {
      const { labels, seen } = simulateVisibleRise(design, rounds);
      const name = `errors ${design.error} + ${design.rise} seen by ADWIN in ${labels} labels, blocks of ${design.blockRows}`;
      return report(name, seen, rounds);
    }),
  ];
}
