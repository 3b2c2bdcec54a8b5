import { chooseBlockRows } from '../outcomes/dependence.ts';
import type { Task } from '../task.ts';

/** A network's share in a blend. */
export interface Share {
  /** Position among those that were weighed. */
  readonly member: number;
  readonly weight: number;
}

/** Smaller shares cost a network each and move no answer. */
const leastWeight = 0.01;
/** Fewer rows than this say nothing about a network. */
const leastRows = 30;

/**
 * Shares of networks in a blend by their per-row losses in nats: exponentially weighted averaging with the learning rate at which
 * log loss is mixable, one (Vovk 1990; Cesa-Bianchi & Lugosi 2006, ch. 3), on as many observations as there are blocks of
 * dependent rows. The networks may have been judged on different numbers of the newest rows: the mean counts. Largest share first;
 * they sum to 1. Networks with too few rows, or with a loss that is no number, have none.
 *
 * @param losses of each network on the newest rows that it has not seen
 */
export function weighMembers(losses: readonly Float64Array[], maxMembers: number): readonly Share[] {
  const means = losses.map((rows) => (rows.length < leastRows ? Number.NaN : mean(rows)));
  const known = means.filter(Number.isFinite);
  if (known.length === 0) return [];
  const least = Math.min(...known);
  const best = losses[means.indexOf(least)]!;
  const observations = best.length / chooseBlockRows(best);
  const shares = means
    .map((loss, member) => ({ member, weight: Number.isFinite(loss) ? Math.exp(-observations * (loss - least)) : 0 }))
    .sort((a, b) => b.weight - a.weight || a.member - b.member)
    .slice(0, maxMembers);
  const kept = normalise(shares).filter(({ weight }) => weight >= leastWeight);
  return normalise(kept);
}

/** Squared errors as the log loss of a normal law with the variance that the best network leaves; log losses as they are. */
export function inNats(task: Task, losses: readonly Float64Array[]): readonly Float64Array[] {
  if (task !== 'regression') return losses;
  const variance = Math.min(
    ...losses
      .filter(({ length }) => length >= leastRows)
      .map(mean)
      .filter((loss) => loss > 0),
  );
  return Number.isFinite(variance) ? losses.map((rows) => rows.map((loss) => loss / (2 * variance))) : losses;
}

function normalise(shares: readonly Share[]): readonly Share[] {
  const sum = shares.reduce((total, { weight }) => total + weight, 0);
  return shares.map(({ member, weight }) => ({ member, weight: weight / sum }));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
