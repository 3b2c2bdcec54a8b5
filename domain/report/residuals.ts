/** Label minus prediction, of one model. */
export interface Residuals {
  readonly mean: number;
  readonly standardDeviation: number;
  /** Rows by bin; what lies outside the bins is in the first and the last. */
  readonly counts: readonly number[];
}

export interface ResidualComparison {
  /** Borders of the bins, in the label's unit; one more than bins. */
  readonly edges: readonly number[];
  readonly champion: Residuals | null;
  readonly challenger: Residuals;
}

const bins = 30;
const tail = 0.005;

/** Residuals of both models in 30 equal bins that hold the middle 99% of all of them. */
export function compareResiduals(
  labels: ArrayLike<number>,
  challenger: ArrayLike<number>,
  champion: ArrayLike<number> | null,
): ResidualComparison {
  const [fresh, old] = [subtract(labels, challenger), champion === null ? null : subtract(labels, champion)];
  const all = Float64Array.from([...fresh, ...(old ?? [])]).sort();
  const low = all[Math.floor(tail * (all.length - 1))] ?? 0;
  const high = all[Math.ceil((1 - tail) * (all.length - 1))] ?? 0;
  const width = high > low ? (high - low) / bins : 1;
  const edges = Array.from({ length: bins + 1 }, (_, edge) => low + edge * width);
  const summarize = (residuals: Float64Array): Residuals => describe(residuals, low, width);
  return { edges, champion: old && summarize(old), challenger: summarize(fresh) };
}

function describe(residuals: Float64Array, low: number, width: number): Residuals {
  const counts = new Array<number>(bins).fill(0);
  let [sum, squares] = [0, 0];
  for (const residual of residuals) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((residual - low) / width)));
    counts[bin]! += 1;
    sum += residual;
    squares += residual * residual;
  }
  const mean = sum / residuals.length;
  return { mean, standardDeviation: Math.sqrt(Math.max(0, squares / residuals.length - mean * mean)), counts };
}

function subtract(labels: ArrayLike<number>, values: ArrayLike<number>): Float64Array {
  return Float64Array.from(labels, (label, row) => label - values[row]!);
}
