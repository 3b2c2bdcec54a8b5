import { normalQuantile } from '../math/normal.ts';

/** (z_α + z_β)² of a one-sided test. */
function squaredDistance(alpha: number, power: number): number {
  return (normalQuantile(1 - alpha) + normalQuantile(power)) ** 2;
}

/**
 * Rows that a one-sided paired test needs to see `difference` with the given power: n = share × (z_α + z_β)² / δ².
 * `discordantShare` is the share of rows on which exactly one of the models is right, in general the variance of the per-row
 * difference of losses. Example: +1 point at 10% discordance, α = .05, power 80%: 6,183 rows.
 */
export function rowsNeeded(design: {
  readonly discordantShare: number;
  readonly difference: number;
  readonly alpha: number;
  readonly power: number;
}): number {
  const { discordantShare, difference, alpha, power } = design;
  return Math.ceil((discordantShare * squaredDistance(alpha, power)) / difference ** 2);
}

/** The smallest difference that `rows` rows show with the given power; the inverse of `rowsNeeded`. */
export function smallestVisibleEffect(design: {
  readonly discordantShare: number;
  readonly rows: number;
  readonly alpha: number;
  readonly power: number;
}): number {
  const { discordantShare, rows, alpha, power } = design;
  return Math.sqrt((discordantShare * squaredDistance(alpha, power)) / rows);
}
