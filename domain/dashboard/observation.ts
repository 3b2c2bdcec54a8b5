import type { Outcome } from '../verdict.ts';

/** What one look of the monitor saw, as far as it is shown over time. Plain JSON. */
export interface MonitorObservation {
  readonly atMs: number;
  /** Predictions and labels so far. */
  readonly rows: number;
  readonly labels: number;
  readonly champion: string;
  /** Of the outcomes that were new at this look, scaled to at most 1; null without any. */
  readonly losses: { readonly count: number; readonly mean: number } | null;
  /** The loss that the champion's holdout promises at most; null where it is not known. */
  readonly promised: number | null;
  /** By feature; empty where no window was full. */
  readonly drift: readonly FeatureObservation[];
  /** How labels arrive; null while that can't be told, absent in looks of older releases. */
  readonly labelling?: Labelling | null;
}

export interface Labelling {
  /** Of the newest rows, that it was learned from. */
  readonly rows: number;
  /** Share of the rows that get a label at all. */
  readonly coverage: number;
  /** Delay of half, and of 95%, of the labels, ms. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Older rows are mature, ms. */
  readonly matureAgeMs: number;
  /** Predictions of an earlier event time (without one, of an earlier serving) are mature, ms since the epoch. */
  readonly watermarkMs: number;
}

export interface FeatureObservation {
  readonly feature: string;
  /** Debiased PSI. */
  readonly size: number;
  readonly outcome: Outcome;
}

/** Observations that are kept; more would be too close to each other to be told apart. */
export const mostObservations = 400;

/**
 * The observations with every second one of the older half merged into its neighbour, again and again while there are more than `most`.
 * So what is old grows coarse and is never forgotten. Losses are averaged by their number; of the drift the newer look counts.
 */
export function boundObservations(
  observations: readonly MonitorObservation[],
  most: number = mostObservations,
): readonly MonitorObservation[] {
  if (observations.length <= most) return observations;
  const half = 2 * Math.floor(observations.length / 4);
  const merged: MonitorObservation[] = [];
  for (let index = 0; index < half; index += 2) {
    const [first, second] = [observations[index]!, observations[index + 1]!];
    if (first.champion === second.champion) merged.push(merge(first, second));
    else merged.push(first, second);
  }
  const bounded = [...merged, ...observations.slice(half)];
  // Champions that took turns are not merged: then it stays longer.
  return bounded.length < observations.length ? boundObservations(bounded, most) : bounded;
}

function merge(first: MonitorObservation, second: MonitorObservation): MonitorObservation {
  const drift = second.drift.length > 0 ? second.drift : first.drift;
  return { ...second, losses: mergeLosses(first.losses, second.losses), drift };
}

function mergeLosses(first: MonitorObservation['losses'], second: MonitorObservation['losses']) {
  if (first === null || second === null) return first ?? second;
  const count = first.count + second.count;
  return { count, mean: (first.mean * first.count + second.mean * second.count) / count };
}
