import { normalQuantile } from '../domain/math/normal.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { observePairs } from '../domain/probation/observe.ts';
import { defaultProbationPolicy, type ProbationPolicy } from '../domain/probation/policy.ts';
import { initialProbation, type LossPair, type ProbationDecision } from '../domain/probation/state.ts';
import type { Scale, Simulated } from './report.ts';

/** Shares of rows that only the new and only the old model gets wrong, from a label on. */
interface Regime {
  readonly fromLabel: number;
  readonly onlyNewWrong: number;
  readonly onlyOldWrong: number;
}

/** 10% of rows discordant, in equal parts. */
export const equal: Regime = { fromLabel: 0, onlyNewWrong: 0.05, onlyOldWrong: 0.05 };
export const fivePointsWorse: Regime = { fromLabel: 0, onlyNewWrong: 0.075, onlyOldWrong: 0.025 };
const twoPointsBetter: Regime = { fromLabel: 0, onlyNewWrong: 0.04, onlyOldWrong: 0.06 };
const fivePointsBetter: Regime = { fromLabel: 0, onlyNewWrong: 0.025, onlyOldWrong: 0.075 };

/** Watches for a rollback only: nothing confirms before the horizon. */
export function watchOnly(horizonLabels: number): ProbationPolicy {
  return { ...defaultProbationPolicy, horizonLabels, minLabels: Infinity, maxExtensions: 0 };
}

/** One probation, looked at after every label; null when the stream ends undecided. */
function runProbation(
  policy: ProbationPolicy,
  regimes: readonly Regime[],
  labels: number,
  rng: Rng,
): ProbationDecision | null {
  let state = initialProbation(policy, 'binary');
  for (let label = 0; label < labels && !state.decision; label++) {
    const regime = regimes.findLast((candidate) => candidate.fromLabel <= label)!;
    state = observePairs(state, [drawPair(regime, rng())]);
  }
  return state.decision;
}

function drawPair({ onlyNewWrong, onlyOldWrong }: Regime, u: number): LossPair {
  if (u < onlyNewWrong) return { newLoss: 1, oldLoss: 0 };
  return { newLoss: 0, oldLoss: u < onlyNewWrong + onlyOldWrong ? 1 : 0 };
}

/** Many probations of one kind. */
export function runMany(
  runs: number,
  seed: number,
  policy: ProbationPolicy,
  regimes: readonly Regime[],
  labels: number,
): (ProbationDecision | null)[] {
  const rng = createRng(seed);
  return Array.from({ length: runs }, () => runProbation(policy, regimes, labels, rng));
}

export function shareOf(
  decisions: readonly (ProbationDecision | null)[],
  outcome: ProbationDecision['outcome'],
): number {
  return decisions.filter((decision) => decision?.outcome === outcome).length / decisions.length;
}

/** Median label of the given outcome, after `fromLabel`. */
export function medianDelay(decisions: readonly (ProbationDecision | null)[], outcome: string, fromLabel = 0): number {
  const delays = decisions
    .filter((d) => d?.outcome === outcome && d.atLabel > fromLabel)
    .map((d) => d!.atLabel - fromLabel);
  return delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Infinity;
}

/** Models that are equal on average, but each is the better one for days on end: an AR(1) process says whose turn it is. */
function drawSwaying(labels: number, persistence: number, rng: Rng): readonly LossPair[] {
  const noise = Math.sqrt(1 - persistence ** 2);
  let sway = normalQuantile(rng());
  return Array.from({ length: labels }, () => {
    sway = persistence * sway + noise * normalQuantile(Math.max(1e-12, rng()));
    const newWrong = 0.1 / (1 + Math.exp(-3 * sway));
    return drawPair({ fromLabel: 0, onlyNewWrong: newWrong, onlyOldWrong: 0.1 - newWrong }, rng());
  });
}

/** Probations of equal models whose differences lean on their neighbours, in blocks of the given length. */
export function runSwaying(
  runs: number,
  seed: number,
  blockLabels: number,
  labels = 20_000,
): (ProbationDecision | null)[] {
  const rng = createRng(seed);
  const start = initialProbation({ ...watchOnly(labels), blockLabels }, 'binary');
  return Array.from({ length: runs }, () => observePairs(start, drawSwaying(labels, 0.95, rng)).decision);
}

const labels = 20_000;
const change = 2_000;
const alpha = defaultProbationPolicy.alpha;

/** Probation's error rates and delays on seeded streams, looked at after every label. */
export function run(scale: Scale): readonly Simulated[] {
  const runs = scale === 'full' ? 1_000 : 60;
  const watch = watchOnly(labels);
  const later = { ...fivePointsWorse, fromLabel: change };
  return [
    falseRollbacks('equal models, every label looked at', runMany(runs, 1, watch, [equal], labels)),
    falseRollbacks('equal models that sway for days, blocks of 100', runSwaying(runs, 11, 100)),
    delay('5 points worse at once', runMany(runs, 2, watch, [fivePointsWorse], labels), 418),
    delay('equal, then 5 points worse', runMany(runs, 3, watch, [equal, later], labels), 728, change),
    delay('better, then 5 points worse', runMany(runs, 4, watch, [fivePointsBetter, later], labels), 737, change),
    falseRollbacks('default policy, equal', runMany(runs, 5, defaultProbationPolicy, [equal], labels)),
    confirmations(
      'default policy, 2 points better',
      runMany(runs, 9, defaultProbationPolicy, [twoPointsBetter], labels),
    ),
  ];
}

function falseRollbacks(name: string, decisions: readonly (ProbationDecision | null)[]): Simulated {
  const measured = shareOf(decisions, 'rolled-back');
  return { name: `false rollbacks: ${name}`, measured, promised: `≤ ${alpha}`, holds: measured <= alpha };
}

function delay(
  name: string,
  decisions: readonly (ProbationDecision | null)[],
  limit: number,
  fromLabel = 0,
): Simulated {
  const measured = medianDelay(decisions, 'rolled-back', fromLabel);
  return { name: `median labels to rollback: ${name}`, measured, promised: `≤ ${limit}`, holds: measured <= limit };
}

function confirmations(name: string, decisions: readonly (ProbationDecision | null)[]): Simulated {
  const measured = shareOf(decisions, 'confirmed');
  return { name: `confirmed: ${name}`, measured, promised: '≥ 0.95', holds: measured >= 0.95 };
}
