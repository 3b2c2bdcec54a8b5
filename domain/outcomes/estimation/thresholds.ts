import type { RowRange } from '../../table.ts';

/** Values between which a metric lies as a rule. */
export interface Thresholds {
  readonly lower: number;
  readonly upper: number;
}

const chunks = 10;
const deviations = 3;

/** Ten consecutive parts of the holdout; the last one takes what is left over. */
export function cutChunks(rows: number): readonly RowRange[] {
  const size = Math.floor(rows / chunks);
  return Array.from({ length: chunks }, (_, chunk) => ({
    from: chunk * size,
    to: chunk === chunks - 1 ? rows : (chunk + 1) * size,
  }));
}

/**
 * Mean ± 3 standard deviations of a metric's realised values over the chunks of the holdout, held within what the metric can be
 * (NannyML's default). Chunks without a value are left out; null where fewer than two have one.
 */
export function thresholdsFrom(values: readonly (number | null)[], limits: Thresholds): Thresholds | null {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const sd = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
  const { lower, upper } = limits;
  return { lower: Math.max(lower, mean - deviations * sd), upper: Math.min(upper, mean + deviations * sd) };
}
