/** Fewer values than this can't show how far their dependence reaches. */
const leastValues = 50;
/** A series is always left at least this many blocks. */
const leastBlocks = 10;

/**
 * How many consecutive values to take as one observation, so that observations depend little on each other: the optimal block
 * length, rounded up, at most a tenth of the series. 1 where no autocorrelation is found among the first lags, and for a constant
 * or a short series. Values that aren't finite are left out.
 *
 * Example: 10,000 values of an AR(1) process with ρ = .5 give about 37; independent ones give 1.
 */
export function chooseBlockRows(series: ArrayLike<number>): number {
  const values = Float64Array.from(series).filter(Number.isFinite);
  if (values.length < leastValues) return 1;
  const optimum = optimizeBlockLength(values);
  if (optimum === null || optimum.independentFromLag === 1) return 1;
  return Math.max(1, Math.min(Math.ceil(optimum.length), Math.floor(values.length / leastBlocks)));
}

export interface BlockLength {
  readonly length: number;
  /** From this lag on correlations are insignificant; null where they never are. */
  readonly independentFromLag: number | null;
}

/**
 * The block length of the circular bootstrap by Politis & White (2004), with the correction of Patton, Politis & White (2009):
 * b = (3 G² / (2 g²))^⅓ n^⅓, where g sums the autocovariances γ(k) and G sums |k| γ(k), both through a flat-top window twice as
 * wide as the lag from which correlations are insignificant. Equal to the Python package `arch`; null for a constant series.
 */
export function optimizeBlockLength(values: Float64Array): BlockLength | null {
  const deviations = measureDeviations(values);
  if (deviations === null) return null;
  const { covariances, independentFromLag } = correlate(deviations);
  const width = covariances.length - 1;
  let g = covariances[0]!;
  let weighted = 0;
  for (let lag = 1; lag <= width; lag++) {
    const window = Math.min(1, 2 * (1 - lag / width));
    g += 2 * window * covariances[lag]!;
    weighted += 2 * window * lag * covariances[lag]!;
  }
  const n = values.length;
  const largest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  const length = Math.cbrt((1.5 * weighted ** 2 * n) / g ** 2);
  return { length: Number.isNaN(length) ? 1 : Math.min(length, largest), independentFromLag };
}

/** Distances from the mean, scaled so that no square can overflow; null for a constant or empty series. */
function measureDeviations(values: Float64Array): Float64Array | null {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (values.every((value) => value === values[0])) return null;
  const scaled = values.map((value) => value / largest);
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  return scaled.map((value) => value - mean);
}

interface Correlations {
  /** γ(0), γ(1)... as far as the window reaches. */
  readonly covariances: readonly number[];
  readonly independentFromLag: number | null;
}

/** Goes from lag to lag until a whole run of them is insignificant, and then on to twice the lag where that run began. */
function correlate(deviations: Float64Array): Correlations {
  const n = deviations.length;
  const runLength = Math.max(5, Math.floor(Math.log10(n)));
  const limit = 2 * Math.sqrt(Math.log10(n) / n);
  const normOf = lagNorms(deviations);
  const covariances: number[] = [];
  let widest = Math.min(n - 2, Math.ceil(Math.sqrt(n)) + runLength);
  let independentFromLag: number | null = null;
  let run = 0;
  for (let lag = 0; lag <= widest; lag++) {
    const product = sumOfProducts(deviations, lag);
    covariances.push(product / n);
    run = Math.abs(product) < limit * normOf(lag) ? run + 1 : 0;
    // As in `arch`, the run must be over before the last lag.
    if (independentFromLag !== null || run < runLength || lag === widest) continue;
    independentFromLag = lag + 1 - runLength;
    widest = Math.min(widest, 2 * independentFromLag);
  }
  return { covariances: covariances.slice(0, widest + 1), independentFromLag };
}

function sumOfProducts(deviations: Float64Array, lag: number): number {
  let sum = 0;
  for (let row = lag; row < deviations.length; row++) sum += deviations[row]! * deviations[row - lag]!;
  return sum;
}

/** What products at a lag are divided by to be correlations; to be asked for lag 0, 1... in turn. */
function lagNorms(deviations: Float64Array): (lag: number) => number {
  let withoutFirst = sumOfProducts(deviations, 0);
  let withoutLast = withoutFirst;
  return (lag) => {
    withoutFirst -= deviations[lag]! ** 2;
    withoutLast -= deviations.at(-1 - lag)! ** 2;
    return Math.sqrt(Math.max(0, withoutFirst) * Math.max(0, withoutLast));
  };
}
