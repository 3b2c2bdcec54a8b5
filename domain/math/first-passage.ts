import { normalCdf } from './normal.ts';

export interface DriftingWalk {
  /** Mean and variance of a step. */
  readonly mean: number;
  readonly variance: number;
}

/**
 * Chance that a Brownian motion with drift g and variance v per step, from 0, has reached `barrier` b > 0 within n steps: the inverse
 * Gaussian law, Φ((gn − b)/√(vn)) + e^(2gb/v)·Φ(−(gn + b)/√(vn)). Example: g = .1, v = 1, b = 5, n = 50: .517.
 */
export function chanceOfReaching({ mean, variance }: DriftingWalk, barrier: number, steps: number): number {
  if (steps <= 0) return 0;
  if (variance <= 0) return mean * steps >= barrier ? 1 : 0;
  const spread = Math.sqrt(variance * steps);
  const reflected = normalCdf(-(mean * steps + barrier) / spread);
  // The reflected tail vanishes faster than its factor grows.
  const again = reflected > 0 ? Math.exp((2 * mean * barrier) / variance + Math.log(reflected)) : 0;
  return Math.min(1, normalCdf((mean * steps - barrier) / spread) + again);
}
