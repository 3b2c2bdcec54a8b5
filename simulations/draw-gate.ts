import type { GateEvidence } from '../domain/gate/evidence.ts';
import type { Rng } from '../domain/math/rng.ts';

/** A standard normal number (Box and Muller 1958). */
export function gaussian(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

/** The next value of an AR(1) process with variance 1, whose correlation with the value before is `rho`. */
export function nextOfSeries(before: number, rho: number, rng: Rng): number {
  return rho * before + Math.sqrt(1 - rho ** 2) * gaussian(rng);
}

/** Two models of a binary label on a holdout, of which nothing else is known. */
export function binaryEvidence(
  labels: readonly number[],
  champion: readonly number[],
  challenger: readonly number[],
): GateEvidence {
  return {
    task: 'binary',
    labels,
    champion: { width: 1, values: champion },
    challenger: { width: 1, values: challenger },
    trainingLabels: { kind: 'classes', counts: [1, 1] },
    challengerSimpler: false,
    lastKnownDelayRows: null,
  };
}
