import { chooseGateBlockRows, formBlocks } from '../domain/gate/blocks.ts';
import type { GateEvidence } from '../domain/gate/evidence.ts';
import { judgeGate } from '../domain/gate/judge.ts';
import { defaultGatePolicy, type GatePolicy } from '../domain/gate/policy.ts';
import { normalCdf } from '../domain/math/normal.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { binaryEvidence, gaussian, nextOfSeries } from './draw-gate.ts';
import type { Scale, Simulated } from './report.ts';

/** Who is right where the models disagree leans on a weather that both live in: an AR(1) process. */
interface Weather {
  readonly rows: number;
  /** Correlation of the weather with that of the row before; 0 makes rows independent. */
  readonly rho: number;
  /** How strongly the weather decides; in standard deviations of the chance that decides besides. */
  readonly strength: number;
  /** By how much the challenger is better, in accuracy. */
  readonly gain: number;
}

const disagreement = 0.2;

/** Share of gates that promote the challenger, with blocks found automatically and with rows taken as independent. */
export function promotionsInWeather(runs: number, seed: number, weather: Weather, policy: GatePolicy) {
  const rng = createRng(seed);
  const promoted = { blocks: 0, rows: 0 };
  for (let drawn = 0; drawn < runs; drawn++) {
    const evidence = drawHoldout(weather, rng);
    const blockOf = formBlocks(weather.rows, chooseGateBlockRows(evidence, policy));
    if (judgeGate(evidence, policy).outcome === 'pass') promoted.rows++;
    if (judgeGate({ ...evidence, ...blockOf }, policy).outcome === 'pass') promoted.blocks++;
  }
  return { blocks: promoted.blocks / runs, rows: promoted.rows / runs };
}

function drawHoldout({ rows, rho, strength, gain }: Weather, rng: Rng): GateEvidence {
  const labels: number[] = [];
  const champion: number[] = [];
  const challenger: number[] = [];
  const shift = (gain / disagreement) * Math.sqrt(2 * Math.PI * (1 + strength ** 2)) * 0.5;
  let weather = gaussian(rng);
  for (let row = 0; row < rows; row++) {
    weather = nextOfSeries(weather, rho, rng);
    const label = rng() < 0.5 ? 1 : 0;
    const disagrees = rng() < disagreement;
    const challengerRight = disagrees ? rng() < normalCdf(strength * weather + shift) : rng() < 0.8;
    const championRight = disagrees ? !challengerRight : challengerRight;
    labels.push(label);
    challenger.push(answer(label, challengerRight));
    champion.push(answer(label, championRight));
  }
  return binaryEvidence(labels, champion, challenger);
}

function answer(label: number, isRight: boolean): number {
  return (label === 1) === isRight ? 0.8 : 0.2;
}

/** Equals are promoted no more often than the level says, also where rows depend; better ones nearly as often as without blocks. */
export function run(scale: Scale): readonly Simulated[] {
  const runs = scale === 'full' ? 1_000 : 50;
  const policy: GatePolicy = {
    ...defaultGatePolicy,
    primary: 'error',
    bootstrapResamples: scale === 'full' ? 300 : 100,
  };
  const tolerance = 3 * Math.sqrt((policy.alpha * (1 - policy.alpha)) / runs);
  const equals = (rows: number, rho: number, strength: number) =>
    promotionsInWeather(runs, 5, { rows, rho, strength, gain: 0 }, policy);
  const weathers = [
    { name: '2,000 independent rows', rates: equals(2_000, 0, 0), slack: 0 },
    { name: '2,000 rows, AR(1) .9', rates: equals(2_000, 0.9, 1), slack: 0 },
    { name: '2,000 rows, AR(1) .95', rates: equals(2_000, 0.95, 1), slack: 0.02 },
    { name: '6,000 rows, AR(1) .98', rates: equals(6_000, 0.98, 1), slack: 0.02 },
    { name: '2,000 rows, AR(1) .98', rates: equals(2_000, 0.98, 1), slack: 0.05 },
  ];
  const better = promotionsInWeather(runs, 6, { rows: 2_000, rho: 0, strength: 0, gain: 0.025 }, policy);
  return [
    ...weathers.flatMap(({ name, rates, slack }) => [
      {
        name: `equals promoted, ${name}, blocks found`,
        measured: rates.blocks,
        promised: `≤ ${policy.alpha + slack}`,
        holds: rates.blocks <= policy.alpha + slack + tolerance,
      },
      { name: `for comparison, rows taken as independent`, measured: rates.rows, promised: '–', holds: true },
    ]),
    {
      name: '2.5 points better, 2,000 independent rows: power lost by looking for blocks',
      measured: better.rows - better.blocks,
      promised: '≤ 0.03',
      holds: better.rows - better.blocks <= 0.03 + tolerance,
    },
    { name: 'for comparison, power without blocks', measured: better.rows, promised: '–', holds: true },
  ];
}
