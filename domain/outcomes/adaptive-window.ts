/** Buckets of 2^row values each, oldest first: their sums are all ADWIN compares. Plain JSON. */
export interface AdaptiveWindow {
  readonly rows: readonly (readonly number[])[];
  readonly width: number;
  readonly total: number;
  /** Sum of squared deviations from the mean. */
  readonly variance: number;
}

export const emptyWindow: AdaptiveWindow = { rows: [[]], width: 0, total: 0, variance: 0 };

/** Rows of buckets that fit: 2^48 values. */
const mostRows = 48;

/** The same window, to be changed in place while a batch is scanned. */
export interface OpenWindow {
  /** Bucket `i` of row `r` is at r × stride + i. */
  readonly sums: Float64Array;
  readonly counts: Int32Array;
  readonly stride: number;
  /** Row of the largest buckets. */
  top: number;
  width: number;
  total: number;
  variance: number;
}

/** A copy that may be changed, with room for `maxBuckets` in each row and one to come. */
export function openWindow({ rows, ...window }: AdaptiveWindow, maxBuckets: number): OpenWindow {
  const stride = maxBuckets + 1;
  const sums = new Float64Array(mostRows * stride);
  const counts = new Int32Array(mostRows);
  rows.forEach((row, index) => {
    sums.set(row, index * stride);
    counts[index] = row.length;
  });
  return { ...window, sums, counts, stride, top: Math.max(0, rows.length - 1) };
}

/** What to keep of a window until the next batch. */
export function closeWindow({ sums, counts, stride, top, width, total, variance }: OpenWindow): AdaptiveWindow {
  const rows = Array.from({ length: top + 1 }, (_, row) => [
    ...sums.subarray(row * stride, row * stride + counts[row]!),
  ]);
  return { rows, width, total, variance };
}

/** Forgets all values. */
export function clearWindow(window: OpenWindow): void {
  window.counts.fill(0);
  window.top = 0;
  window.width = 0;
  window.total = 0;
  window.variance = 0;
}

/** Adds a value, and merges the two oldest buckets of every row that is full (Babcock et al. 2003). */
export function addValue(window: OpenWindow, value: number): void {
  const { sums, counts, stride } = window;
  const before = window.width;
  window.width = before + 1;
  if (before > 0) {
    const step = value - window.total / before;
    window.variance += (before * step * step) / (before + 1);
  }
  window.total += value;
  sums[counts[0]!] = value;
  counts[0]! += 1;
  for (let row = 0; counts[row] === stride; row++) {
    const first = row * stride;
    const above = first + stride;
    sums[above + counts[row + 1]!] = sums[first]! + sums[first + 1]!;
    counts[row + 1]! += 1;
    for (let bucket = first + 2; bucket < above; bucket++) sums[bucket - 2] = sums[bucket]!;
    counts[row] = stride - 2;
    if (row === window.top) window.top = row + 1;
  }
}

/** Two halves of a window, the older one before. */
export interface Cut {
  readonly before: number;
  readonly after: number;
}

/**
 * The cut whose halves' means differ most beyond what chance explains at level `delta`, or null where no cut does. Every border
 * between buckets that leaves `minWindowLength` values on both sides is tried. The limit is
 * ε(n0, n1) = √(2σ²L/m) + 2L/(3m) with L = ln(2 ln|W|/δ) and 1/m = 1/(n0 − l + 1) + 1/(n1 − l + 1), l the least length.
 */
export function findCut(window: OpenWindow, delta: number, minWindowLength: number): Cut | null {
  const { sums, counts, stride, width, total } = window;
  const log = Math.log((2 * Math.log(width)) / delta);
  const spread = 2 * (window.variance / width) * log;
  let [n0, u0] = [0, 0];
  let strongest = 1;
  let cut: Cut | null = null;
  // Halving is much faster than a power of two for every row.
  for (let row = window.top, size = 2 ** row; row >= 0; row--, size /= 2) {
    const end = row * stride + counts[row]!;
    for (let bucket = row * stride; bucket < end; bucket++) {
      n0 += size;
      u0 += sums[bucket]!;
      const n1 = width - n0;
      if (n0 < minWindowLength || n1 < minWindowLength) continue;
      const a = n0 - minWindowLength + 1;
      const b = n1 - minWindowLength + 1;
      // Nearly every border fails already at the first term of ε, which takes no division or root to see.
      const distance = u0 * width - total * n0;
      const least = spread * (a + b) * n0 * n1 * n0 * n1;
      if (distance * distance * a * b <= least * almostOne && least < Infinity) continue;
      const strength = strengthOf(u0 / n0 - (total - u0) / n1, 1 / a + 1 / b, spread, log);
      if (strength <= strongest) continue;
      strongest = strength;
      cut = { before: u0 / n0, after: (total - u0) / n1 };
    }
  }
  return cut;
}

/** Leaves room for rounding where the limit is only just missed. */
const almostOne = 1 - 1e-9;

/** The difference of the means over ε; a border above 1 is a cut. */
function strengthOf(difference: number, inverse: number, spread: number, log: number): number {
  return Math.abs(difference) / (Math.sqrt(inverse * spread) + (2 / 3) * log * inverse);
}
