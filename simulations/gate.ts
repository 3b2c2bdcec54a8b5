import { judgeGate } from '../domain/gate/judge.ts';
import { testMcNemar, countDiscordant } from '../domain/gate/mcnemar.ts';
import { defaultGatePolicy, type GatePolicy } from '../domain/gate/policy.ts';
import { selectCandidate } from '../domain/gate/select-candidate.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import type { Scale, Simulated } from './report.ts';

/** Accuracy of the champion and of the candidates; half of the rows are as hard for all of them. */
interface GateScenario {
  readonly championAccuracy: number;
  readonly candidateAccuracies: readonly number[];
  readonly validationRows: number;
  readonly holdoutRows: number;
}

export const fiveEqualCandidates: GateScenario = {
  championAccuracy: 0.8,
  candidateAccuracies: [0.8, 0.8, 0.8, 0.8, 0.8],
  validationRows: 1000,
  holdoutRows: 5000,
};

/** Which rules promoted something, on one draw of the data. */
interface Promotions {
  /** Choose on validation, judge the one chosen by the gate. */
  readonly selectThenTest: boolean;
  /** Choose and test on the same holdout. */
  readonly testTheBest: boolean;
  /** Any candidate above the champion on the holdout. */
  readonly bestNumberWins: boolean;
}

function runGate(scenario: GateScenario, policy: GatePolicy, rng: Rng): Promotions {
  const accuracies = [scenario.championAccuracy, ...scenario.candidateAccuracies];
  const [, ...validation] = drawLosses(accuracies, scenario.validationRows, rng);
  const [champion, ...holdout] = drawLosses(accuracies, scenario.holdoutRows, rng);
  const chosen = Number(selectCandidate(validation.map((losses, i) => toCandidate(losses, i)))!.id);
  const best = holdout.reduce((a, b) => (sum(b) < sum(a) ? b : a));
  return {
    selectThenTest: promotes(champion!, holdout[chosen]!, policy, rng),
    testTheBest: testMcNemar(...countDiscordant(champion!, best)).pValueBetter <= policy.alpha,
    bestNumberWins: sum(best) < sum(champion!),
  };
}

/** Share of runs in which each rule promoted. */
export function promotionRates(runs: number, seed: number, scenario: GateScenario, policy: GatePolicy) {
  const rng = createRng(seed);
  const results = Array.from({ length: runs }, () => runGate(scenario, policy, rng));
  const share = (rule: keyof Promotions) => results.filter((result) => result[rule]).length / runs;
  return {
    selectThenTest: share('selectThenTest'),
    testTheBest: share('testTheBest'),
    bestNumberWins: share('bestNumberWins'),
  };
}

function drawLosses(accuracies: readonly number[], rows: number, rng: Rng): Float64Array[] {
  const losses = accuracies.map(() => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    const common = rng() < 0.5 ? rng() : null;
    accuracies.forEach((accuracy, model) => (losses[model]![row] = (common ?? rng()) < accuracy ? 0 : 1));
  }
  return losses;
}

function toCandidate(losses: Float64Array, index: number) {
  return { id: String(index), validationLoss: sum(losses) / losses.length, losses, parameters: 10 * (index + 1) };
}

function promotes(champion: Float64Array, challenger: Float64Array, policy: GatePolicy, rng: Rng): boolean {
  const labels = Array.from(champion, () => (rng() < 0.5 ? 1 : 0));
  const predict = (losses: Float64Array) => ({
    width: 1,
    values: labels.map((y, i) => (losses[i] ? 1 - y : y) * 0.6 + 0.2),
  });
  const verdict = judgeGate(
    {
      task: 'binary',
      labels,
      champion: predict(champion),
      challenger: predict(challenger),
      trainingLabels: { kind: 'classes', counts: [1, 1] },
      challengerSimpler: false,
      lastKnownDelayRows: null,
    },
    policy,
  );
  return verdict.outcome === 'pass';
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

const alpha = defaultGatePolicy.alpha;

/** How often the gate promotes candidates that are no better, and finds those that are. */
export function run(scale: Scale): readonly Simulated[] {
  const runs = scale === 'full' ? 1_000 : 60;
  const policy = { ...defaultGatePolicy, bootstrapResamples: 500 };
  const withAccuracy = (accuracy: number): GateScenario => ({
    ...fiveEqualCandidates,
    candidateAccuracies: fiveEqualCandidates.candidateAccuracies.map(() => accuracy),
  });
  const equal = promotionRates(runs, 1, fiveEqualCandidates, policy);
  const worse = promotionRates(runs, 1, withAccuracy(0.79), policy).selectThenTest;
  const better = promotionRates(runs, 1, withAccuracy(0.82), policy).selectThenTest;
  const limit = `≤ ${alpha}`;
  return [
    {
      name: 'promoted: the best of five equals',
      measured: equal.selectThenTest,
      promised: limit,
      holds: equal.selectThenTest <= alpha,
    },
    {
      name: 'promoted: the best of five that are 1 point worse',
      measured: worse,
      promised: limit,
      holds: worse <= alpha,
    },
    {
      name: 'promoted: the best of five that are 2 points better',
      measured: better,
      promised: '≥ 0.8',
      holds: better >= 0.8,
    },
    { name: 'for comparison, promoted by the best number', measured: equal.bestNumberWins, promised: '–', holds: true },
    { name: 'for comparison, promoted by a test of the best', measured: equal.testTheBest, promised: '–', holds: true },
  ];
}
