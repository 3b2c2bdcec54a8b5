import type { GateEvidence } from '../../../domain/gate/evidence.ts';
import { defaultGatePolicy, type GatePolicy } from '../../../domain/gate/policy.ts';
import { createRng } from '../../../domain/math/rng.ts';

/** Few resamples keep the tests quick; the bounds move by less than a tenth of a standard error. */
export const policy: GatePolicy = { ...defaultGatePolicy, primary: 'error', bootstrapResamples: 400 };

/** Rows of a binary holdout by who is right about them: both, only the challenger, only the champion, neither. */
export interface Agreement {
  readonly both: number;
  readonly onlyChallenger: number;
  readonly onlyChampion: number;
  readonly neither: number;
}

/** A shuffled binary holdout with balanced labels that shows exactly this agreement. */
export function binaryEvidence(agreement: Agreement, overrides: Partial<GateEvidence> = {}): GateEvidence {
  const rng = createRng(42);
  const rows = [
    ...repeat(agreement.both, [1, 1]),
    ...repeat(agreement.onlyChallenger, [0, 1]),
    ...repeat(agreement.onlyChampion, [1, 0]),
    ...repeat(agreement.neither, [0, 0]),
  ]
    .map((right) => ({ right, key: rng() }))
    .sort((a, b) => a.key - b.key);
  const labels = rows.map(() => (rng() < 0.5 ? 1 : 0));
  const predict = (model: 0 | 1) => ({
    width: 1,
    values: rows.map(({ right }, i) => {
      const answer = right[model] === 1 ? labels[i] : 1 - labels[i]!;
      return 0.5 + (answer === 1 ? 1 : -1) * (0.1 + 0.3 * rng());
    }),
  });
  return {
    task: 'binary',
    labels,
    champion: predict(0),
    challenger: predict(1),
    trainingLabels: { kind: 'classes', counts: [500, 500] },
    challengerSimpler: false,
    ...overrides,
  };
}

/** Regression on a sine with noise; each model's error is its own noise of the given size. */
export function regressionEvidence(
  rows: number,
  championNoise: number,
  challengerNoise: number,
  overrides: Partial<GateEvidence> = {},
): GateEvidence {
  const rng = createRng(7);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
  const labels = Array.from({ length: rows }, () => 100 + 15 * gaussian());
  const predict = (noise: number) => ({ width: 1, values: labels.map((label) => label + noise * gaussian()) });
  return {
    task: 'regression',
    labels,
    champion: predict(championNoise),
    challenger: predict(challengerNoise),
    trainingLabels: { kind: 'values', mean: 100 },
    challengerSimpler: false,
    ...overrides,
  };
}

function repeat(count: number, right: readonly [number, number]): (readonly [number, number])[] {
  return Array.from({ length: count }, () => right);
}
