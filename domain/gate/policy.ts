import { defaultCostPolicy, type CostPolicy } from './cost/policy.ts';
import { defaultRobustnessPolicy, type RobustnessPolicy } from './robustness/policy.ts';
import { defaultGuardPolicy, type GuardPolicy } from './guard-policy.ts';

/**
 * What a challenger must show before it replaces the champion. Differences are in units of loss: 0.005 is half a point of
 * accuracy for classes, and half a point of the labels' variance (of R²) for regression.
 */
export interface GatePolicy extends GuardPolicy, CostPolicy, RobustnessPolicy {
  /** Level of the one-sided comparison. */
  readonly alpha: number;
  /**
   * `none` tests every challenger at `alpha`. `lord` keeps the share of false ones among all promotions of a model below `alpha` (LORD++), by
   * levels that begin very small and grow with every promotion.
   */
  readonly spending: 'lord' | 'none';
  /**
   * What has to be better. `error`: the share of right answers. `either`: that, or the probabilities (Brier score) while the
   * share of right answers seems no worse by more than `margin`; the two share the level. Regression always compares squared errors.
   */
  readonly primary: 'error' | 'either';
  /** A challenger that is worse by less than this is non-inferior. */
  readonly margin: number;
  /** Smallest difference worth seeing; the rows needed follow from it. */
  readonly minEffect: number;
  /** Chance that `minEffect` is seen when it is there. */
  readonly power: number;
  /** When being as good is enough: never, for a simpler challenger only, or always (the champion is stale or broken). */
  readonly allowNonInferior: 'never' | 'simpler' | 'always';
  /** `require`: a challenger that does not beat the baselines waits for a person. `report`: the baselines are shown only. */
  readonly baselines: 'require' | 'report';
  /** Holdouts below this are inconclusive whatever they show. */
  readonly minRows: number;
  /**
   * Consecutive rows of the holdout that depend on each other and count as one piece of evidence: 1 takes rows as independent, `auto` finds out.
   */
  readonly blockRows: number | 'auto';
  readonly bootstrapResamples: number;
  readonly seed: number;
}

/** One-sided 5%, half a point of margin, one point at 80% power, superiority only, baselines required. */
export const defaultGatePolicy: GatePolicy = {
  alpha: 0.05,
  spending: 'none',
  primary: 'either',
  margin: 0.005,
  minEffect: 0.01,
  power: 0.8,
  allowNonInferior: 'never',
  baselines: 'require',
  minRows: 200,
  blockRows: 'auto',
  bootstrapResamples: 2000,
  seed: 1,
  ...defaultGuardPolicy,
  ...defaultCostPolicy,
  ...defaultRobustnessPolicy,
};
