/** What LORD++ remembers of the tests of one model so far. */
export interface SpendingState {
  /** Tests already held. */
  readonly tests: number;
  /** The tests, counted from 1, that found a better challenger; rising. */
  readonly discoveries: readonly number[];
}

export const initialSpending: SpendingState = { tests: 0, discoveries: [] };

/** 1 / Σ ln(max(j, 2)) / (j e^√ln j) over all j ≥ 1. */
const normalization = 0.079081966722115;
/** The share of the level that is there before the first discovery earns more. */
const initialShare = 0.1;
/** Older discoveries add next to nothing; leaving them out only lowers the level. */
const keptDiscoveries = 200;

/** γ_j = 0.0791 · ln(max(j, 2)) / (j e^√ln j): sums to 1. */
function weight(j: number): number {
  return (normalization * Math.log(Math.max(j, 2))) / (j * Math.exp(Math.sqrt(Math.log(j))));
}

/**
 * The level of the next test by LORD++ (Ramdas, Yang, Wainwright & Jordan 2017):
 * α_t = γ_t w₀ + (α − w₀) γ_{t−τ₁} + α Σ_{j≥2} γ_{t−τ_j}, with w₀ = α/10 and τ_j the j-th discovery. Among all discoveries the expected share
 * of false ones stays below α, however many tests follow, if p-values are independent. Example: α = .05 gives the first test .00027, and the
 * test after a discovery by the first .0025.
 */
export function lordLevel({ tests, discoveries }: SpendingState, alpha: number): number {
  const now = tests + 1;
  const initial = initialShare * alpha;
  return discoveries.reduce(
    (level, at, index) => level + (index === 0 ? alpha - initial : alpha) * weight(now - at),
    weight(now) * initial,
  );
}

/** Counts a test and what came of it. */
export function spend({ tests, discoveries }: SpendingState, isDiscovery: boolean): SpendingState {
  const now = tests + 1;
  return { tests: now, discoveries: isDiscovery ? [...discoveries, now].slice(-keptDiscoveries) : discoveries };
}
