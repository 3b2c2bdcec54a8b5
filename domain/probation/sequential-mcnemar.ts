import { logMeanExp } from './log-space.ts';

/** Alternatives for the chance that, of two models that disagree in being right, it is the new one that is wrong. */
export const mixtureShares = [0.52, 0.54, 0.57, 0.6, 0.65, 0.7, 0.8, 0.9] as const;

/**
 * Log of the sequential McNemar e-value against "the new model is no worse":
 *
 *     E = mean over p of (2p)^a (2(1−p))^b,   a = rows only the new model got wrong, b = rows only the old one did.
 *
 * With p ≤ 1/2 in truth, E is a non-negative supermartingale from 1, so P(E ever ≥ 1/α) ≤ α however often one looks
 * (Ville's inequality). Example: a = 3, b = 1 gives E = 1.3606, log E = 0.3079.
 */
export function logMcNemarEValue(onlyNewWrong: number, onlyOldWrong: number): number {
  return logMeanExp(mixtureShares.map((p) => onlyNewWrong * Math.log(2 * p) + onlyOldWrong * Math.log(2 * (1 - p))));
}
