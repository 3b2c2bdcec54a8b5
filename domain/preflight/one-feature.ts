import { rocAuc } from '../outcomes/metrics.ts';
import type { Column } from '../table.ts';
import { cutIntoCells, type Cells } from './cells.ts';

/**
 * How well one feature tells the label, by the mean label of like values: every other row fills the cells, the rest are
 * answered from them.
 */
export interface Telling {
  /** Classes: AUC of each class against the others, weighted by its rows. Regression: R² of the labels' ranks. */
  readonly score: number;
  /** The same score of nothing but whether the value is missing. */
  readonly missingScore: number;
}

/** Fewer rows of a class say nothing about it. */
const leastRowsOfClass = 10;

/** null where too few rows could show anything. */
export function scoreOneFeature(column: Column, labels: Float64Array, classCount: number): Telling | null {
  const cells = cutIntoCells(column);
  const targets = classCount === 0 ? [rankOf(labels)] : classTargets(labels, classCount);
  if (targets.length === 0) return null;
  const isMissing: Cells = { cellOf: cells.cellOf.map((cell) => (cell === 0 ? 0 : 1)), count: 2 };
  const scoreOf = (of: Cells): number => weightedScore(of, targets, classCount > 0);
  return { score: scoreOf(cells), missingScore: scoreOf(isMissing) };
}

function weightedScore(cells: Cells, targets: readonly Float64Array[], areClasses: boolean): number {
  let sum = 0;
  let weights = 0;
  for (const target of targets) {
    const { truth, guess } = answerOtherRows(cells, target, areClasses ? 1 : 0.01);
    const weight = areClasses ? truth.reduce((rows, one) => rows + one, 0) : 1;
    sum += weight * (areClasses ? (rocAuc(truth, guess) ?? 0.5) : explained(truth, guess));
    weights += weight;
  }
  return sum / weights;
}

/** 1 for rows of the class, 0 for others; a column for each class with enough rows, only one for two classes. */
function classTargets(labels: Float64Array, classCount: number): readonly Float64Array[] {
  const classes = classCount === 2 ? [1] : Array.from({ length: classCount }, (_, index) => index);
  return classes
    .map((one) => labels.map((label) => (label === one ? 1 : 0)))
    .filter((target) => {
      const rows = target.reduce((sum, value) => sum + value, 0);
      return Math.min(rows, target.length - rows) >= 2 * leastRowsOfClass;
    });
}

/** `prior` rows of the mean in each cell keep one of few rows from knowing too much. */
function answerOtherRows({ cellOf, count }: Cells, target: Float64Array, prior: number) {
  const sums = new Float64Array(count);
  const rows = new Float64Array(count);
  let total = 0;
  for (let row = 0; row < target.length; row += 2) {
    sums[cellOf[row]!]! += target[row]!;
    rows[cellOf[row]!]! += 1;
    total += target[row]!;
  }
  const mean = total / Math.ceil(target.length / 2);
  const others = Array.from({ length: Math.floor(target.length / 2) }, (_, index) => 2 * index + 1);
  return {
    truth: Float64Array.from(others, (row) => target[row]!),
    guess: Float64Array.from(others, (row) => (sums[cellOf[row]!]! + prior * mean) / (rows[cellOf[row]!]! + prior)),
  };
}

function explained(truth: Float64Array, guess: Float64Array): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  let left = 0;
  let all = 0;
  for (let row = 0; row < truth.length; row++) {
    left += (truth[row]! - guess[row]!) ** 2;
    all += (truth[row]! - mean) ** 2;
  }
  return all === 0 ? 0 : Math.max(0, 1 - left / all);
}

/** Each value's rank in [0, 1], equal values the same: few large labels must not decide alone. */
function rankOf(labels: Float64Array): Float64Array {
  const order = Array.from(labels.keys()).sort((a, b) => labels[a]! - labels[b]!);
  const ranks = new Float64Array(labels.length);
  let first = 0;
  order.forEach((row, place) => {
    if (place > 0 && labels[row] !== labels[order[place - 1]!]) first = place;
    ranks[row] = first / labels.length;
  });
  return ranks;
}
