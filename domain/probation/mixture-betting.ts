import { logMeanExp } from './log-space.ts';
import { mixtureShares } from './sequential-mcnemar.ts';

/** Shares of the wealth that are bet side by side: 2p − 1 of the sequential McNemar test, and one for harm that is plain. */
const bets = [...mixtureShares.map((p) => 2 * p - 1), 0.95];

/** Log of the wealth of each bettor. */
export type MixtureBets = readonly number[];

export const initialMixtureBets: MixtureBets = bets.map(() => 0);

/**
 * Bettors with fixed bets λ on a difference d in [−1, 1]: wealth K ← K·(1 + λd). Their mean wealth is an e-value against
 * "the mean of d given the past is at most 0"; for d = ±1 and λ = 2p − 1 it is the sequential McNemar test.
 */
export function stepMixtureBets(wealth: MixtureBets, difference: number): MixtureBets {
  return wealth.map((log, i) => log + Math.log1p(bets[i]! * difference));
}

export function logMixtureWealth(wealth: MixtureBets): number {
  return logMeanExp(wealth);
}
