import { compareAuc } from '../gate/delong.ts';
import { primaryLosses, varianceOf } from '../gate/losses.ts';
import { type Utility, utilityOf } from '../gate/utility/utility.ts';
import type { Task } from '../task.ts';
import { lossesOf } from './loss.ts';
import type { ScoredRows } from './scored-rows.ts';

/** How well outputs put rows in order: the area under the ROC curve (of several classes, the mean of each against the rest), or the correlation of values. */
export interface Ranking {
  readonly kind: 'auc' | 'correlation';
  readonly value: number;
  /** On the scale of `value` for areas, of Fisher's z for correlations. */
  readonly standardError: number;
}

/** What a version's outputs are worth on rows with outcomes. Plain JSON. */
export interface ScoreProfile {
  readonly rows: number;
  /** Null where rows of one class only, or values that don't vary, have no order. */
  readonly ranking: Ranking | null;
  /** Mean 0/1 loss, or squared error in units of the labels' variance. */
  readonly error: number;
  /** Mean log loss in nats, or squared error in units of the labels' variance. */
  readonly loss: number;
  /** Mean of what the answers were worth, where the project says so. */
  readonly utility?: number;
}

/** Measures rows that all have an outcome; null without any, or where a number is not finite. */
export function measureScores(task: Task, rows: ScoredRows, utility?: Utility): ScoreProfile | null {
  const { labels, predictions } = rows;
  if (labels.length === 0 || !areFinite(labels) || !areFinite(predictions.values)) return null;
  const unit = lossUnit(task, labels);
  const profile = {
    rows: labels.length,
    ranking: measureRanking(task, rows),
    error: meanOf(primaryLosses(task, labels, predictions)) / unit,
    loss: meanOf(lossesOf(task, labels, predictions)) / unit,
    ...measureUtility(task, rows, utility),
  };
  return Number.isFinite(profile.loss) && Number.isFinite(profile.error) ? profile : null;
}

function measureUtility(task: Task, rows: ScoredRows, utility: Utility | undefined): { readonly utility?: number } {
  if (!utility) return {};
  const mean = meanOf(utilityOf(utility, { task, ...rows }));
  return Number.isFinite(mean) ? { utility: mean } : {};
}

/** 1 for classes; for values the labels' variance. */
export function lossUnit(task: Task, labels: ArrayLike<number>): number {
  return task === 'regression' ? varianceOf(labels) : 1;
}

function measureRanking(task: Task, { labels, predictions }: ScoredRows): Ranking | null {
  const { width, values } = predictions;
  if (task === 'regression') return correlate(labels, values);
  if (task === 'binary') return measureAuc(labels, values);
  const areas = frequentClasses(labels, width)
    .map((index) =>
      measureAuc(
        Float64Array.from(labels, (label) => Number(label === index)),
        Float64Array.from(labels, (_label, row) => values[row * width + index]!),
      ),
    )
    .filter((area) => area !== null);
  if (areas.length === 0) return null;
  // Errors are averaged as if they were one: the areas share their rows.
  const value = meanOf(areas.map((area) => area.value));
  return { kind: 'auc', value, standardError: meanOf(areas.map((area) => area.standardError)) };
}

/** More would take long and say no more. */
const mostClasses = 20;

function frequentClasses(labels: ArrayLike<number>, width: number): readonly number[] {
  const counts = new Array<number>(width).fill(0);
  for (let row = 0; row < labels.length; row++) counts[labels[row]!] = (counts[labels[row]!] ?? 0) + 1;
  const byCount = counts.map((_, index) => index).sort((a, b) => counts[b]! - counts[a]! || a - b);
  return byCount.slice(0, mostClasses);
}

/** DeLong's comparison with a constant score, which has the area ½ and no error of its own. */
function measureAuc(labels: ArrayLike<number>, scores: ArrayLike<number>): Ranking | null {
  const found = compareAuc(labels, new Float64Array(labels.length), scores);
  return found === null ? null : { kind: 'auc', value: found.aucB, standardError: found.standardError };
}

/** Pearson's, which is what a recalibrated line explains; the error of its z is 1/√(n − 3) (Fisher 1915). */
function correlate(labels: ArrayLike<number>, values: ArrayLike<number>): Ranking | null {
  const rows = labels.length;
  const [meanLabel, meanValue] = [meanOf(labels), meanOf(values)];
  let [product, squareLabel, squareValue] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const [a, b] = [labels[row]! - meanLabel, values[row]! - meanValue];
    product += a * b;
    squareLabel += a * a;
    squareValue += b * b;
  }
  const value = product / Math.sqrt(squareLabel) / Math.sqrt(squareValue);
  if (rows < 4 || !Number.isFinite(value)) return null;
  const held = Math.max(-1, Math.min(1, value));
  return { kind: 'correlation', value: held, standardError: 1 / Math.sqrt(rows - 3) };
}

function areFinite(values: ArrayLike<number>): boolean {
  return Array.from(values).every(Number.isFinite);
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += values[row]! / values.length;
  return values.length === 0 ? Number.NaN : sum;
}
