import { checkCalibration } from '../domain/gate/calibration/check-calibration.ts';
import type { GateEvidence } from '../domain/gate/evidence.ts';
import { checkFairness } from '../domain/gate/fairness/check-fairness.ts';
import { checkFlips } from '../domain/gate/flips/check-flips.ts';
import { defaultGatePolicy, type GatePolicy } from '../domain/gate/policy.ts';
import { checkSlices } from '../domain/gate/slices/check-slices.ts';
import { createRng, type Rng } from '../domain/math/rng.ts';
import type { Check } from '../domain/verdict.ts';
import type { Scale, Simulated } from './report.ts';

interface World {
  readonly rows: number;
  /** Categories of the column `place`: as many slices. */
  readonly places: number;
  /** What the challenger loses in accuracy in a row, by its place and its `age` in [0, 1); the champion has .8. */
  readonly harm: (place: number, age: number) => number;
}

/** Two models that are right independently of each other; class 1 is likelier in some groups than in others. */
export function drawEvidence({ rows, places, harm }: World, rng: Rng): GateEvidence {
  const place = Array.from({ length: rows }, () => Math.floor(rng() * places));
  const age = Array.from({ length: rows }, () => rng());
  const group = Array.from({ length: rows }, () => Math.floor(rng() * 5));
  const labels = group.map((g) => Number(rng() < 0.4 + 0.05 * g));
  const answer = (accuracy: (row: number) => number) => ({
    width: 1,
    values: labels.map((label, row) => {
      const answered = rng() < accuracy(row) ? label : 1 - label;
      return 0.5 + (answered === 1 ? 1 : -1) * (0.2 + 0.25 * rng());
    }),
  });
  const names = (codes: readonly number[]) => ({ kind: 'categorical', values: codes.map(String) }) as const;
  return {
    task: 'binary',
    labels,
    champion: answer(() => 0.8),
    challenger: answer((row) => 0.8 - harm(place[row]!, age[row]!)),
    trainingLabels: { kind: 'classes', counts: [1, 1] },
    challengerSimpler: false,
    inputs: {
      rowCount: rows,
      columns: { place: names(place), group: names(group), age: { kind: 'numeric', values: Float64Array.from(age) } },
    },
    slices: ['place', 'age'],
    sensitive: ['group'],
  };
}

type Judge = (evidence: GateEvidence, policy: GatePolicy) => readonly Check[];

/** Share of the runs in which a check that counts fails. */
export function failureRate(
  runs: number,
  seed: number,
  world: World,
  judge: Judge,
  changes: Partial<GatePolicy> = {},
  alter: (evidence: GateEvidence) => GateEvidence = (evidence) => evidence,
): number {
  const rng = createRng(seed);
  const policy = { ...defaultGatePolicy, bootstrapResamples: 400, ...changes };
  let failed = 0;
  for (let drawn = 0; drawn < runs; drawn++) {
    const checks = judge(alter(drawEvidence(world, rng)), policy);
    if (checks.some(({ outcome, advisory }) => outcome === 'fail' && !advisory)) failed++;
  }
  return failed / runs;
}

export const equalModels: World = { rows: 20_000, places: 200, harm: () => 0 };
const oneHarmed: World = { ...equalModels, harm: (place) => (place === 0 ? 0.3 : 0) };
const pairHarmed: World = { rows: 8_000, places: 4, harm: (place, age) => (place === 0 && age < 0.25 ? 0.25 : -0.02) };
const undeclared = (evidence: GateEvidence): GateEvidence => ({ ...evidence, slices: [], sensitive: [] });

/** How often guards refuse models that do no more harm than allowed, and find harm that is there. Margins of 0 put equal models at the limit. */
export function run(scale: Scale): readonly Simulated[] {
  const runs = scale === 'full' ? 400 : 40;
  const { alpha } = defaultGatePolicy;
  // Two and a half standard errors of the simulation itself.
  const most = alpha + 2.5 * Math.sqrt((alpha * (1 - alpha)) / runs);
  const atMost = (name: string, measured: number): Simulated => ({
    name,
    measured,
    promised: `≤ ${alpha}`,
    holds: measured <= most,
  });
  const atLeast = (name: string, measured: number): Simulated => ({
    name,
    measured,
    promised: '≥ 0.8',
    holds: measured >= 0.8,
  });
  const small: World = { ...equalModels, rows: 2_000 };
  // Independent models at .8 flip .16 of the rows, which is .8 of the champion's errors.
  const flipsAtLimit = { flipLimit: 0.8 };
  return [
    atMost(
      'refused by 209 slices: equal models, margin 0',
      failureRate(runs, 1, equalModels, checkSlices, { sliceMargin: 0 }),
    ),
    atMost('refused by 209 slices: equal models, default margin', failureRate(runs, 2, equalModels, checkSlices)),
    atMost(
      'refused by a search: equal models, margin 0',
      failureRate(runs, 3, small, checkSlices, { sliceMargin: 0 }, undeclared),
    ),
    atLeast('refused: one of 200 slices, 100 rows, is 30 points worse', failureRate(runs, 4, oneHarmed, checkSlices)),
    atLeast(
      'refused: an undeclared sixteenth, 500 rows, is 25 points worse',
      failureRate(runs, 5, pairHarmed, checkSlices, {}, undeclared),
    ),
    atMost(
      'refused by fairness: equal models, 5 groups, margin 0',
      failureRate(runs, 6, small, checkFairness, { fairnessMargin: 0 }),
    ),
    atMost('refused by negative flips at the limit', failureRate(runs, 7, small, checkFlips, flipsAtLimit, undeclared)),
    atMost(
      'refused by negative flips at the limit, over slices',
      failureRate(runs, 8, equalModels, checkFlips, flipsAtLimit),
    ),
    atMost(
      'refused by calibration: equal models, margins 0',
      failureRate(runs, 9, small, checkCalibration, { brierMargin: 0, calibrationMargin: 0 }),
    ),
  ];
}
