export interface Moments {
  readonly mean: number;
  /** Of the population; 0 when all values are equal. */
  readonly sd: number;
}

/** Mean and standard deviation of finite values, in two passes and scaled so that neither overflows. */
export function momentsOf(values: Float64Array): Moments {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  if (values.length === 0) return { mean: 0, sd: 0 };
  if (smallest === largest) return { mean: smallest, sd: 0 };
  // A power of two: dividing by it rounds nothing.
  const scale = 2 ** Math.floor(Math.log2(Math.max(Math.abs(smallest), Math.abs(largest))));
  let sum = 0;
  for (const value of values) sum += value / scale;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value / scale - mean) ** 2;
  return { mean: mean * scale, sd: Math.sqrt(squares / values.length) * scale };
}

/** Middle of sorted values; 0 when there are none. */
export function medianOf(sorted: Float64Array): number {
  if (sorted.length === 0) return 0;
  const upper = sorted[sorted.length >> 1]!;
  const lower = sorted[(sorted.length - 1) >> 1]!;
  return lower / 2 + upper / 2;
}
