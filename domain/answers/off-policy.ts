import { studentQuantile } from '../math/student-t.ts';
import type { Interval } from '../verdict.ts';

/** A row that was decided with a known propensity, and what the decision was worth. */
export interface LoggedDecision {
  /** Probability that this answer was given to such a row; above 0. */
  readonly propensity: number;
  /** Probability that the policy in question would give this answer. */
  readonly target: number;
  /** What the answer was worth, as far as it was given. */
  readonly reward: number;
  /** Whom it was about: an entity is decided alike each time, so its rows count as one. */
  readonly entity: string;
}

export interface PolicyValue {
  /** Mean reward that the policy in question would have had. */
  readonly value: number;
  readonly interval: Interval;
  readonly rows: number;
  readonly entities: number;
  /** Rows' worth of evidence: (Σw)²/Σw² (Kong 1992); far below `rows` where the policy rarely does what was logged. */
  readonly effectiveRows: number;
}

/**
 * What a policy would have been worth, from decisions that another one took: the self-normalised inverse-propensity estimate Σwr/Σw with
 * w = target/propensity (Hájek 1971; Swaminathan & Joachims 2015). It asks for no model of the rewards; wherever the policy in question answers, the
 * log must have had a chance to. The interval is Student's on the linearised sums of entities (a ratio estimate's, Cochran 1977). Null below
 * two entities, or where the policy never does what was logged.
 *
 * Example: two rows of propensity .5, the target policy takes what was taken in the first alone, rewards 1 and 0: value 1.
 */
export function estimatePolicyValue(rows: readonly LoggedDecision[], level = 0.95): PolicyValue | null {
  const weights = rows.map(({ target, propensity }) => target / propensity);
  if (!weights.every(Number.isFinite)) throw new RangeError('a logged decision has no propensity above 0');
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return null;
  const value = rows.reduce((sum, { reward }, row) => sum + weights[row]! * reward, 0) / total;
  const byEntity = new Map<string, number>();
  for (const [row, { entity, reward }] of rows.entries()) {
    byEntity.set(entity, (byEntity.get(entity) ?? 0) + weights[row]! * (reward - value));
  }
  const entities = byEntity.size;
  if (entities < 2) return null;
  const squares = [...byEntity.values()].reduce((sum, part) => sum + part ** 2, 0);
  const standardError = Math.sqrt((squares * entities) / (entities - 1)) / total;
  const reach = studentQuantile((1 + level) / 2, entities - 1) * standardError;
  return {
    value,
    interval: { low: value - reach, high: value + reach, level },
    rows: rows.length,
    entities,
    effectiveRows: total ** 2 / weights.reduce((sum, weight) => sum + weight ** 2, 0),
  };
}
