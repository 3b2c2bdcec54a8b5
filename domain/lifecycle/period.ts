import type { LifecycleState } from './state.ts';

/**
 * How far the challenger of a retraining was ahead after so many labels: the champion's loss minus its own, whatever the gate made of it. The
 * gate sees large gains only: to count none where it turned a challenger down would take every slow decay for none.
 */
export interface Gain {
  readonly labels: number;
  readonly gain: number;
}

/** Only the newest gates count: how fast a model decays changes, too. */
export const keptGains = 4;
/** Stands in for one gate until there are two of them: two points in 5,000 labels. */
const expected: Gain = { labels: 5_000, gain: 0.02 };
const leastGates = 2;
/** However little the last challengers gained, the next look is at most this much further away. */
const mostGrowth = 2;

/**
 * Labels after which the next retraining pays. A model that loses ρ per label costs ρT²/2 over a period T, a training costs C:
 * together they are least at T = √(2C/ρ) (Žliobaitė et al. 2015). ρ is how far the newest challengers were ahead of their champions; where they were not, the
 * period doubles. Example:
 * 3 points gained in 1,500 labels and a training worth 50 wrong answers give 2,236 labels.
 */
export function periodLabels({ gains, policy }: Pick<LifecycleState, 'gains' | 'policy'>): number {
  const { trainingCost, minFreshLabels } = policy.retrain;
  const known = gains.length < leastGates ? [expected, ...gains] : gains;
  const labels = known.reduce((sum, one) => sum + one.labels, 0);
  const gain = known.reduce((sum, one) => sum + one.gain, 0);
  const longest = mostGrowth * Math.max(minFreshLabels, known.at(-1)?.labels ?? 0);
  if (gain <= 0 || labels <= 0) return longest;
  return Math.max(minFreshLabels, Math.min(longest, Math.round(Math.sqrt((2 * trainingCost * labels) / gain))));
}
