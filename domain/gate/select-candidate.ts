import { compareCosts, type ServingCost } from './cost/serving-cost.ts';

/** A trained configuration with its result on the validation part. */
export interface CandidateResult {
  readonly id: string;
  readonly validationLoss: number;
  /** Per-row validation losses, the same rows in the same order for every candidate. */
  readonly losses?: ArrayLike<number>;
  readonly parameters: number;
  /** Measured of those that `findTied` gives. */
  readonly cost?: ServingCost;
}

export interface CandidateChoice {
  readonly id: string;
  readonly reason: string;
  /** Candidates that validation can't tell from the best, the best included. */
  readonly tied: readonly string[];
}

/**
 * Picks the candidate that becomes the challenger: the best mean validation loss, and among those within one standard error
 * of it (of the paired per-row differences) the cheapest: by its measured cost or, where that was not measured, by its parameters.
 * The holdout is not touched. null when no candidate has a finite loss.
 */
export function selectCandidate(candidates: readonly CandidateResult[]): CandidateChoice | null {
  const tied = findTied(candidates);
  const best = tied[0];
  if (!best) return null;
  const chosen = tied.reduce((cheapest, candidate) => (isCheaper(candidate, cheapest) ? candidate : cheapest));
  return {
    id: chosen.id,
    reason: explain(chosen, best, candidates.length),
    tied: tied.map((candidate) => candidate.id),
  };
}

/** The best on validation, and then those that validation can't tell from it. */
export function findTied(candidates: readonly CandidateResult[]): readonly CandidateResult[] {
  const ranked = candidates
    .filter((candidate) => Number.isFinite(candidate.validationLoss))
    .sort((a, b) => a.validationLoss - b.validationLoss || a.parameters - b.parameters);
  const [best] = ranked;
  return best ? ranked.filter((candidate) => candidate === best || isTied(candidate, best)) : [];
}

function isCheaper(a: CandidateResult, b: CandidateResult): boolean {
  if (a.cost && b.cost) return compareCosts(a.cost, b.cost) < 0;
  return a.parameters < b.parameters;
}

function isTied(candidate: CandidateResult, best: CandidateResult): boolean {
  const excess = candidate.validationLoss - best.validationLoss;
  if (!candidate.losses || !best.losses || candidate.losses.length !== best.losses.length) return excess === 0;
  return excess <= pairedStandardError(candidate.losses, best.losses);
}

function pairedStandardError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  if (n < 2) return 0;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i]! - b[i]!;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (a[i]! - b[i]! - sum / n) ** 2;
  return Math.sqrt(squares / (n - 1) / n);
}

function explain(chosen: CandidateResult, best: CandidateResult, count: number): string {
  const loss = (candidate: CandidateResult) => candidate.validationLoss.toPrecision(4);
  if (chosen === best) return `${chosen.id} has the best validation loss of ${count}: ${loss(chosen)}`;
  return (
    `${chosen.id} (${chosen.parameters} parameters, validation loss ${loss(chosen)}) is within one standard error of ` +
    `${best.id} (${best.parameters} parameters, ${loss(best)}) and the cheapest such of ${count}`
  );
}
