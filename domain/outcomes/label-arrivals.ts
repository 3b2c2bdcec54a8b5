/** When rows were predicted and labelled, on one clock, in prediction order. */
export interface ArrivalTimes {
  /** Ms since the epoch. */
  readonly predictedMs: Float64Array;
  /** Ms since the epoch; NaN where no label has arrived. */
  readonly labelledMs: Float64Array;
  /** Labels that don't say when they became known, where that can't be told; their rows are left out. */
  readonly untimed: number;
}

/** How labels arrive: which share of the rows has one by which age. */
export interface LabelArrivals {
  /** Where the clock stood: the newest prediction or label, ms since the epoch. */
  readonly nowMs: number;
  readonly rows: number;
  readonly labels: number;
  /** Ages at which the share rises, ascending, ms. */
  readonly agesMs: readonly number[];
  /** Share of the rows that are labelled by each of these ages. */
  readonly shares: readonly number[];
  /** Share of the rows that get a label at all. */
  readonly coverage: number;
  /** Age by which half, and 95%, of the labels that ever come have come, ms. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Age by which the policy's share of them has: older rows are mature. */
  readonly matureAgeMs: number;
}

/** Fewer labels say nothing about their delay, nor do fewer rows that are as old. */
const minLabels = 100;
const minRowsAtRisk = 30;
const maxUntimedShare = 0.1;
const maxSteps = 256;

/**
 * Estimates the distribution of label delays by Kaplan & Meier (1958): a row without a label is censored at its age, so that young rows, whose
 * labels are still to come, bias nothing. S(t) = ∏ (1 − dⱼ/nⱼ) over delays up to t, with dⱼ labels at that age among nⱼ rows that were unlabelled and
 * under observation; the coverage is 1 − S at the greatest age that 30 rows have reached.
 *
 * Null (nobody knows yet) with fewer than 100 timed labels, with more than a tenth of them untimed, and while rows that were watched for twice the mature age
 * are missing: then more labels may come later than any that was seen.
 *
 * Example: 200 rows a minute apart, each labelled after exactly 10 minutes: coverage 1, mature at 10 minutes.
 *
 * @param matureShare of the labels that ever come, e.g. .95
 */
export function estimateArrivals(times: ArrivalTimes, matureShare: number): LabelArrivals | null {
  const { predictedMs, labelledMs, untimed } = times;
  const labels = labelledMs.reduce((count, ms) => count + (Number.isNaN(ms) ? 0 : 1), 0);
  if (labels < minLabels || untimed > maxUntimedShare * (labels + untimed)) return null;
  const nowMs = newestOf(predictedMs, newestOf(labelledMs, -Infinity));
  const curve = kaplanMeier(times, nowMs);
  const coverage = curve.shares.at(-1) ?? 0;
  const ageAt = (share: number): number => curve.agesMs[curve.shares.findIndex((one) => one >= share * coverage)] ?? 0;
  const matureAgeMs = ageAt(matureShare);
  if (coverage === 0 || 2 * matureAgeMs > curve.watchedMs) return null;
  return {
    nowMs,
    rows: predictedMs.length,
    labels,
    ...thin(curve),
    coverage,
    medianMs: ageAt(0.5),
    p95Ms: ageAt(0.95),
    matureAgeMs,
  };
}

interface Curve {
  readonly agesMs: readonly number[];
  readonly shares: readonly number[];
  /** The greatest age that enough rows have reached. */
  readonly watchedMs: number;
}

function kaplanMeier({ predictedMs, labelledMs }: ArrivalTimes, nowMs: number): Curve {
  const seen = Array.from(predictedMs, (atMs, row) => {
    const labelMs = labelledMs[row] ?? Number.NaN;
    const isLabelled = !Number.isNaN(labelMs);
    return { spanMs: Math.max(0, (isLabelled ? labelMs : nowMs) - atMs), isLabelled, ageMs: nowMs - atMs };
  });
  const ages = seen.map(({ ageMs }) => ageMs).sort((a, b) => b - a);
  const watchedMs = ages[Math.min(minRowsAtRisk, ages.length) - 1] ?? 0;
  // At the same age labels count before what is censored there.
  seen.sort((a, b) => a.spanMs - b.spanMs || Number(b.isLabelled) - Number(a.isLabelled));
  const [agesMs, shares]: [number[], number[]] = [[], []];
  let unlabelledShare = 1;
  for (let index = 0; index < seen.length;) {
    const { spanMs } = seen[index]!;
    if (spanMs > watchedMs) break;
    const atRisk = seen.length - index;
    let labelled = 0;
    for (; index < seen.length && seen[index]!.spanMs === spanMs; index += 1)
      labelled += Number(seen[index]!.isLabelled);
    if (labelled === 0) continue;
    unlabelledShare *= 1 - labelled / atRisk;
    agesMs.push(spanMs);
    shares.push(1 - unlabelledShare);
  }
  return { agesMs, shares, watchedMs };
}

function newestOf(times: Float64Array, atLeast: number): number {
  return times.reduce((newest, ms) => (ms > newest ? ms : newest), atLeast);
}

/** Steps of equal numbers; the last one stays. */
function thin({ agesMs, shares }: Curve): Pick<LabelArrivals, 'agesMs' | 'shares'> {
  if (agesMs.length <= maxSteps) return { agesMs, shares };
  const kept = Array.from({ length: maxSteps }, (_, step) => Math.round((step * (agesMs.length - 1)) / (maxSteps - 1)));
  return { agesMs: kept.map((index) => agesMs[index]!), shares: kept.map((index) => shares[index]!) };
}

/** Share of rows of an age that are expected to have their label. */
export function arrivedShare({ agesMs, shares }: LabelArrivals, ageMs: number): number {
  let [low, high] = [0, agesMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (agesMs[middle]! <= ageMs) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : shares[low - 1]!;
}

/** Predictions before it are mature, ms since the epoch on the clock of the event times (without one, of serving). */
export function labelWatermarkMs({ nowMs, matureAgeMs }: Pick<LabelArrivals, 'nowMs' | 'matureAgeMs'>): number {
  return nowMs - matureAgeMs;
}
