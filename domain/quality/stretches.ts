import type { RowRange } from '../table.ts';

/** A stretch of the training part, and how many rows before it may say what was to be expected of it. */
export interface Stretch extends RowRange {
  /** Values of the first so many rows are known by then; null in the first half, which has too little before it. */
  readonly knownRows: number | null;
}

const leastRows = 200;
const leastStretches = 5;
const mostStretches = 48;
/** What is known is brought up to date at these shares of the rows. */
const cuts = [0.5, 0.625, 0.75, 0.875];

/**
 * Cuts the training part, which is in time order, into stretches about as long as a live window will be: what they differ in is
 * what differs without any break. Shorter ones, of at least 200 rows, where there would be fewer than five; at most 48, spread evenly.
 */
export function planStretches(rows: number, windowRows: number): readonly Stretch[] {
  const length = Math.min(windowRows, Math.max(leastRows, Math.floor(rows / leastStretches)));
  const possible = Math.floor(rows / length);
  if (possible < 2) return [{ from: 0, to: rows, knownRows: null }];
  const count = Math.min(possible, mostStretches);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.round(((rows - length) * index) / (count - 1));
    const cut = cuts.findLast((share) => Math.floor(share * rows) <= from);
    return { from, to: from + length, knownRows: cut === undefined ? null : Math.floor(cut * rows) };
  });
}

/** Calls `learn` once for each number of rows that stretches know. */
export function learnPrefixes<T>(
  stretches: readonly Stretch[],
  learn: (rows: number) => T,
): (stretch: Stretch) => T | null {
  const learned = new Map<number, T>();
  for (const { knownRows } of stretches) {
    if (knownRows !== null && !learned.has(knownRows)) learned.set(knownRows, learn(knownRows));
  }
  return ({ knownRows }) => (knownRows === null ? null : (learned.get(knownRows) ?? null));
}

export function lengthOf({ from, to }: RowRange): number {
  return to - from;
}
