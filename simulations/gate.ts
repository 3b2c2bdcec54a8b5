/**
 * Measures how often candidates that are no better get promoted. Run: node --import tsx bench/simulate-gate.ts [runs]
 * The tests of the gate run the same simulations in short form.
 */
import { argv, stdout } from 'node:process';
import { pathToFileURL } from 'node:url';
import { judgeGate } from '../domain/gate/judge.ts';
import { testMcNemar, countDiscordant } from '../domain/gate/mcnemar.ts';
import { defaultGatePolicy, type GatePolicy } from '../domain/gate/policy.ts';
import { selectCandidate } from '../domain/gate/select-candidate.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';

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

function main(runs: number): void {
  const policy = { ...defaultGatePolicy, bootstrapResamples: 500 };
  const scenarios: Record<string, GateScenario> = {
    'five equal candidates': fiveEqualCandidates,
    'five candidates 1 point worse': { ...fiveEqualCandidates, candidateAccuracies: [0.79, 0.79, 0.79, 0.79, 0.79] },
    'five candidates 2 points better': { ...fiveEqualCandidates, candidateAccuracies: [0.82, 0.82, 0.82, 0.82, 0.82] },
  };
  for (const [name, scenario] of Object.entries(scenarios)) {
    const rates = promotionRates(runs, 1, scenario, policy);
    stdout.write(
      `${name}, ${scenario.holdoutRows} rows: promoted by select then test ${rates.selectThenTest.toFixed(3)}, ` +
        `by a test of the best on the same rows ${rates.testTheBest.toFixed(3)}, by the best number ${rates.bestNumberWins.toFixed(3)}\n`,
    );
  }
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) main(Number(argv[2] ?? 500));
