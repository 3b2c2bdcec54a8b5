import type { ClassMetric } from './class-metrics.ts';
import type { ClassView } from './class-views.ts';

/** Variance of one row's part in a metric, and the share of rows that has a part in it; one for each view. */
export interface SamplingPart {
  readonly variance: number;
  readonly share: number;
}

/** How much a metric varies by chance, from the holdout; plain JSON. Null where the holdout doesn't tell. */
export interface SamplingNoise {
  readonly parts: readonly SamplingPart[];
  readonly factor: number;
}

/** Standard error of a metric over `rows` rows: √(Σ variance / (rows × share)) over the number of views. */
export function samplingError({ parts, factor }: SamplingNoise, rows: number): number {
  const variance = parts.reduce((sum, part) => sum + part.variance / (rows * part.share), 0);
  return (factor * Math.sqrt(variance)) / parts.length;
}

/**
 * Measures it as NannyML does, except for the accuracy over several classes, where NannyML 0.13.1 compares classes instead of rows
 * and finds no error at all.
 */
export function measureNoise(
  metric: ClassMetric,
  views: readonly ClassView[],
  actual: readonly Uint8Array[],
): SamplingNoise | null {
  const parts =
    metric === 'accuracy' ? [accuracyPart(views, actual)] : views.map((view, i) => partOf(metric, view, actual[i]!));
  if (parts.some(({ variance, share }) => !(Number.isFinite(variance) && share > 0))) return null;
  return { parts, factor: correctionOf(metric, views, actual) };
}

/** NannyML's own: the AUC of several classes came out a fifth too low; a false prediction weighs half in F1, which it heeds for one view only. */
function correctionOf(metric: ClassMetric, views: readonly ClassView[], actual: readonly Uint8Array[]): number {
  if (metric === 'rocAuc') return views.length > 1 ? 1.2 : 1;
  if (metric !== 'f1' || views.length > 1) return 1;
  const { relevant, hits } = countRelevant('f1', views[0]!, actual[0]!);
  return relevant / ((relevant + hits) / 2);
}

function partOf(metric: Exclude<ClassMetric, 'accuracy'>, view: ClassView, actual: Uint8Array): SamplingPart {
  return metric === 'rocAuc' ? aucPart(view, actual) : ratePart(metric, view, actual);
}

function accuracyPart(views: readonly ClassView[], actual: readonly Uint8Array[]): SamplingPart {
  const isRight = Array.from(actual[0]!, (_, row) => views.every((view, i) => view.predicted[row] === actual[i]![row]));
  const right = isRight.filter(Boolean).length / isRight.length;
  return { variance: right * (1 - right), share: 1 };
}

/** A rate is the mean over the rows it looks at: a hit counts 1, anything else 0. */
function ratePart(metric: Rate, view: ClassView, actual: Uint8Array): SamplingPart {
  const { relevant, hits } = countRelevant(metric, view, actual);
  const rate = hits / relevant;
  return { variance: rate * (1 - rate), share: relevant / actual.length };
}

type Rate = 'f1' | 'precision' | 'recall';

/** F1 looks at rows that are or are predicted to be of the class, precision at the latter, recall at the former. */
function countRelevant(metric: Rate, { predicted }: ClassView, actual: Uint8Array): { relevant: number; hits: number } {
  let [relevant, hits] = [0, 0];
  for (let row = 0; row < actual.length; row++) {
    const isPredicted = metric !== 'recall' && predicted[row] === 1;
    const isActual = metric !== 'precision' && actual[row] === 1;
    if (!isPredicted && !isActual) continue;
    relevant += 1;
    hits += predicted[row]! * actual[row]!;
  }
  return { relevant, hits };
}

/** AUC as a Mann–Whitney statistic: of each row of the rarer class, the share of other rows that rank below it. */
function aucPart({ scores }: ClassView, actual: Uint8Array): SamplingPart {
  const positives = actual.reduce((sum, label) => sum + label, 0);
  const isFlipped = positives * 2 > actual.length;
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) =>
    isFlipped ? scores[b]! - scores[a]! : scores[a]! - scores[b]!,
  );
  const rare = isFlipped ? actual.length - positives : positives;
  const shares: number[] = [];
  order.forEach((row, rank) => {
    const isRare = (actual[row] === 1) !== isFlipped;
    // NannyML loses a row of rank 0 in this way, and so does this.
    if (isRare && rank > 0) shares.push((rank - shares.length) / (actual.length - rare));
  });
  return { variance: varianceOf(shares), share: rare / actual.length };
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
