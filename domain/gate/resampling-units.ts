/** What the bootstrap draws: single rows, or whole blocks of rows that depend on each other. */
export interface ResamplingUnits {
  /** Sum of the values in each unit. */
  readonly sums: Float64Array;
  /** Rows in each block; null where every unit is one row. */
  readonly counts: Float64Array | null;
  readonly rows: number;
  readonly mean: number;
  /** Standard error of the mean that treats units, not rows, as independent. */
  readonly standardError: number;
}

/** Groups per-row values into units; without blocks every row is one. */
export function groupIntoUnits(values: Float64Array, blockOf?: ArrayLike<number>): ResamplingUnits {
  const { sums, counts } = blockOf ? sumBlocks(values, blockOf) : { sums: values, counts: null };
  const rows = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / rows;
  let squares = 0;
  for (let u = 0; u < sums.length; u++) squares += (sums[u]! - mean * (counts === null ? 1 : counts[u]!)) ** 2;
  const units = sums.length;
  const standardError = units > 1 ? Math.sqrt((squares * units) / (units - 1)) / rows : 0;
  return { sums, counts, rows, mean, standardError };
}

function sumBlocks(values: Float64Array, blockOf: ArrayLike<number>): { sums: Float64Array; counts: Float64Array } {
  const unitOf = new Map<number, number>();
  const sums: number[] = [];
  const counts: number[] = [];
  for (let row = 0; row < values.length; row++) {
    const unit = unitOf.get(blockOf[row]!) ?? sums.length;
    unitOf.set(blockOf[row]!, unit);
    sums[unit] = (sums[unit] ?? 0) + values[row]!;
    counts[unit] = (counts[unit] ?? 0) + 1;
  }
  return { sums: Float64Array.from(sums), counts: Float64Array.from(counts) };
}
