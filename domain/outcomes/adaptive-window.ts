/** Buckets of 2^row values each, oldest first: their sums are all ADWIN compares. */
export interface AdaptiveWindow {
  readonly rows: readonly (readonly number[])[];
  readonly width: number;
  readonly total: number;
  /** Sum of squared deviations from the mean. */
  readonly variance: number;
}

export const emptyWindow: AdaptiveWindow = { rows: [[]], width: 0, total: 0, variance: 0 };

/** The same window, to be changed in place while a batch is scanned. */
export interface OpenWindow {
  rows: number[][];
  width: number;
  total: number;
  variance: number;
}

/** A copy that may be changed. */
export function openWindow(window: AdaptiveWindow): OpenWindow {
  return { ...window, rows: window.rows.map((row) => [...row]) };
}

/** Adds a value, and merges the two oldest buckets of every row that exceeds `maxBuckets` (Babcock et al. 2003). */
export function addValue(window: OpenWindow, value: number, maxBuckets: number): void {
  window.width += 1;
  if (window.width > 1) {
    const step = value - window.total / (window.width - 1);
    window.variance += ((window.width - 1) * step * step) / window.width;
  }
  window.total += value;
  window.rows[0]!.push(value);
  for (let row = 0; window.rows[row]!.length > maxBuckets; row++) {
    const [first, second] = window.rows[row]!.splice(0, 2);
    (window.rows[row + 1] ??= []).push(first! + second!);
  }
}

/** Two halves of a window, the older one before. */
export interface Cut {
  readonly before: number;
  readonly after: number;
}

/**
 * The cut whose halves' means differ most beyond what chance explains at level `delta`, or null where no cut does. Every border
 * between buckets that leaves `minWindowLength` values on both sides is tried.
 */
export function findCut(window: OpenWindow, delta: number, minWindowLength: number): Cut | null {
  const limit = cutLimit(window, delta, minWindowLength);
  let [n0, u0, n1, u1] = [0, 0, window.width, window.total];
  let strongest = 0;
  let cut: Cut | null = null;
  for (let row = window.rows.length - 1; row >= 0; row--) {
    for (const sum of window.rows[row]!) {
      n0 += 2 ** row;
      n1 -= 2 ** row;
      u0 += sum;
      u1 -= sum;
      if (n0 < minWindowLength || n1 < minWindowLength) continue;
      const difference = Math.abs(u0 / n0 - u1 / n1);
      const epsilon = limit(n0, n1);
      if (difference <= epsilon || difference / epsilon <= strongest) continue;
      strongest = difference / epsilon;
      cut = { before: u0 / n0, after: u1 / n1 };
    }
  }
  return cut;
}

/** ε(n0, n1) = √(2σ²L/m) + 2L/(3m) with L = ln(2 ln|W|/δ) and 1/m = 1/(n0 − l + 1) + 1/(n1 − l + 1), l the least length. */
function cutLimit({ width, variance }: OpenWindow, delta: number, minWindowLength: number) {
  const log = Math.log((2 * Math.log(width)) / delta);
  return (n0: number, n1: number): number => {
    const inverse = 1 / (n0 - minWindowLength + 1) + 1 / (n1 - minWindowLength + 1);
    return Math.sqrt(2 * inverse * (variance / width) * log) + (2 / 3) * log * inverse;
  };
}
