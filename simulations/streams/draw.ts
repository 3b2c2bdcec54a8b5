import { normalQuantile } from '../../domain/math/normal.ts';
import type { Rng } from '../../domain/math/rng.ts';

/** A row of a made-up table: columns by name; null is an empty cell. The label stands in `y`. */
export type DrawnRow = Readonly<Record<string, string | number | null>>;

/** A stream that a seed makes again. */
export interface MadeStream {
  readonly name: string;
  /** What happens in it, in a few words. */
  readonly about: string;
  readonly kind: 'drift' | 'steady';
  readonly rows: number;
  /** Begins the stream: what it gives is asked for row after row, from row 0 on. */
  readonly open: (rng: Rng) => (row: number) => DrawnRow;
}

export function normal(rng: Rng): number {
  return normalQuantile(Math.max(1e-12, rng()));
}

export function pick<T>(rng: Rng, values: readonly T[]): T {
  return values[Math.floor(rng() * values.length)]!;
}

/** True in so large a share of the asks. */
export function happens(rng: Rng, share: number): boolean {
  return rng() < share;
}

/** Of a score in log-odds. */
export function chance(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

/** Columns `x1`, `x2`, …, and the label. */
export function rowOf(values: readonly (string | number | null)[], y: string | number): DrawnRow {
  return { ...Object.fromEntries(values.map((value, at) => [`x${at + 1}`, value])), y };
}

/** So many draws of one kind. */
export function several<T>(count: number, draw: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => draw(at));
}
