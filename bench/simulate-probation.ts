/**
 * Measures probation's error rate and delays on seeded streams. Run: node --import tsx bench/simulate-probation.ts [runs]
 * The tests of probation run the same simulations in short form.
 */
import { argv, stdout } from 'node:process';
import { pathToFileURL } from 'node:url';
import { createRng, type Rng } from '../domain/math/rng.ts';
import { observePairs } from '../domain/probation/observe.ts';
import { defaultProbationPolicy, type ProbationPolicy } from '../domain/probation/policy.ts';
import { initialProbation, type LossPair, type ProbationDecision } from '../domain/probation/state.ts';

/** Shares of rows that only the new and only the old model gets wrong, from a label on. */
interface Regime {
  readonly fromLabel: number;
  readonly onlyNewWrong: number;
  readonly onlyOldWrong: number;
}

/** 10% of rows discordant, in equal parts. */
export const equal: Regime = { fromLabel: 0, onlyNewWrong: 0.05, onlyOldWrong: 0.05 };
export const fivePointsWorse: Regime = { fromLabel: 0, onlyNewWrong: 0.075, onlyOldWrong: 0.025 };
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

function report(name: string, decisions: readonly (ProbationDecision | null)[], fromLabel = 0): void {
  const outcomes = (['confirmed', 'rolled-back', 'inconclusive'] as const)
    .map((outcome) => `${outcome} ${shareOf(decisions, outcome).toFixed(3)}`)
    .join(', ');
  const median = medianDelay(decisions, 'rolled-back', fromLabel);
  const confirmed = medianDelay(decisions, 'confirmed');
  stdout.write(`${name}: ${outcomes}; median labels to rollback ${median}, to confirmation ${confirmed}\n`);
}

function main(runs: number): void {
  const watch = watchOnly(20_000);
  const change = 2000;
  report('watch only, equal', runMany(runs, 1, watch, [equal], 20_000));
  report('watch only, 5 points worse at once', runMany(runs, 2, watch, [fivePointsWorse], 20_000));
  report(
    'watch only, equal, then worse',
    runMany(runs, 3, watch, [equal, { ...fivePointsWorse, fromLabel: change }], 20_000),
    change,
  );
  report(
    'watch only, better, then worse',
    runMany(runs, 4, watch, [fivePointsBetter, { ...fivePointsWorse, fromLabel: change }], 20_000),
    change,
  );
  const policy = defaultProbationPolicy;
  report('default policy, equal', runMany(runs, 5, policy, [equal], 20_000));
  report(
    'default policy, 1 point worse',
    runMany(runs, 6, policy, [{ fromLabel: 0, onlyNewWrong: 0.055, onlyOldWrong: 0.045 }], 20_000),
  );
  report(
    'default policy, 2 points worse',
    runMany(runs, 7, policy, [{ fromLabel: 0, onlyNewWrong: 0.06, onlyOldWrong: 0.04 }], 20_000),
  );
  report('default policy, 5 points worse', runMany(runs, 8, policy, [fivePointsWorse], 20_000));
  report(
    'default policy, 2 points better',
    runMany(runs, 9, policy, [{ fromLabel: 0, onlyNewWrong: 0.04, onlyOldWrong: 0.06 }], 20_000),
  );
  report(
    'default policy, never different',
    runMany(runs, 10, policy, [{ fromLabel: 0, onlyNewWrong: 0, onlyOldWrong: 0 }], 20_000),
  );
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) main(Number(argv[2] ?? 1000));
