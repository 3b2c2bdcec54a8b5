import { rocAuc } from '../metrics.ts';
import type { ClassView } from './class-views.ts';

export type ClassMetric = 'accuracy' | 'rocAuc' | 'f1' | 'precision' | 'recall';
export const classMetrics: readonly ClassMetric[] = ['accuracy', 'rocAuc', 'f1', 'precision', 'recall'];

/** Of one view: rows that are rightly, wrongly and wrongly not predicted to be of the class, counted or expected. */
interface Confusion {
  readonly hits: number;
  readonly falseAlarms: number;
  readonly misses: number;
}

/**
 * What a metric is expected to be, given the true probabilities of the classes (CBPE): every row counts as of the class with that
 * probability. The mean over the views, and for accuracy over the rows; null where it has no value. Equal to NannyML.
 *
 * Example: two rows that are predicted to be of class 1, with true probabilities .9 and .7, have an expected accuracy of .8.
 */
export function expectMetric(
  metric: ClassMetric,
  views: readonly ClassView[],
  probabilities: readonly Float64Array[],
): number | null {
  if (metric === 'accuracy') return expectAccuracy(views, probabilities);
  const values = views.map((view, index) =>
    metric === 'rocAuc'
      ? expectAuc(view.scores, probabilities[index]!)
      : rate(metric, confuse(view, probabilities[index]!)),
  );
  return meanOf(values);
}

/** What a metric was, by the labels; null where it has no value. The labels are 1 in the view of their class. */
export function realizeMetric(
  metric: ClassMetric,
  views: readonly ClassView[],
  actual: readonly Uint8Array[],
): number | null {
  if (metric === 'accuracy') return expectAccuracy(views, actual);
  const values = views.map(({ predicted, scores }, index) => {
    const labels = actual[index]!;
    if (metric === 'rocAuc') return rocAuc(labels, scores);
    return views.length === 1 && (isConstant(labels) || isConstant(predicted))
      ? null
      : rate(metric, confuse({ predicted, scores }, labels));
  });
  return meanOf(values);
}

/** Mean probability of what is predicted; one view predicts class 0 where it doesn't predict its own. */
function expectAccuracy(views: readonly ClassView[], probabilities: readonly ArrayLike<number>[]): number | null {
  const rows = views[0]!.predicted.length;
  if (rows === 0) return null;
  let sum = 0;
  views.forEach(({ predicted }, index) => {
    for (let row = 0; row < rows; row++) {
      const probability = probabilities[index]![row]!;
      if (predicted[row] === 1) sum += probability;
      else if (views.length === 1) sum += 1 - probability;
    }
  });
  return sum / rows;
}

function confuse({ predicted }: ClassView, probabilities: ArrayLike<number>): Confusion {
  let [hits, falseAlarms, misses] = [0, 0, 0];
  for (let row = 0; row < predicted.length; row++) {
    const probability = probabilities[row]!;
    if (predicted[row] === 0) misses += probability;
    else {
      hits += probability;
      falseAlarms += 1 - probability;
    }
  }
  return { hits, falseAlarms, misses };
}

/** 0 where nothing is predicted or nothing is there, as scikit-learn has it. */
function rate(metric: 'f1' | 'precision' | 'recall', { hits, falseAlarms, misses }: Confusion): number {
  const wrong = { f1: (falseAlarms + misses) / 2, precision: falseAlarms, recall: misses }[metric];
  return hits + wrong > 0 ? hits / (hits + wrong) : 0;
}

/** The area under the expected curve; rows of equal score are passed together. */
function expectAuc(scores: Float64Array, probabilities: Float64Array): number | null {
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  let [hits, falseAlarms, area] = [0, 0, 0];
  for (let from = 0, to = 0; from < order.length; from = to) {
    let inTie = 0;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) inTie += probabilities[order[to++]!]!;
    const others = to - from - inTie;
    area += others * (hits + inTie / 2);
    hits += inTie;
    falseAlarms += others;
  }
  return hits > 0 && falseAlarms > 0 ? area / hits / falseAlarms : null;
}

function isConstant(values: Uint8Array): boolean {
  return values.every((value) => value === values[0]);
}

function meanOf(values: readonly (number | null)[]): number | null {
  const sum = values.reduce((total: number, value) => total + (value ?? Number.NaN), 0);
  return Number.isFinite(sum) && values.length > 0 ? sum / values.length : null;
}
