import type { Predictions, Task } from '../../task.ts';
import { predictedClass } from '../losses.ts';
import { sumIntoUnits, type UnitSums } from '../resample-sums.ts';

/**
 * The largest difference between groups. `demographicParity`: in the share that gets an answer; `equalOpportunity`: in that share among those
 * who should get it. Binary: the answer is class 1; several classes: the one with the largest difference.
 */
export interface Gaps {
  readonly demographicParity: number;
  readonly equalOpportunity: number;
}

/** What gaps are computed from, in a column each: `layout` says which. */
export interface GroupedAnswers {
  readonly rows: number;
  readonly groups: number;
  /** The classes whose answers are compared. */
  readonly answers: readonly number[];
  /** By answer, the groups with enough rows that should get it. */
  readonly deserving: readonly (readonly number[])[];
  readonly unitSums: UnitSums;
}

export interface FairnessRows {
  readonly task: Task;
  readonly labels: ArrayLike<number>;
  /** Index of the row's group; −1: it is in none. */
  readonly groupOf: ArrayLike<number>;
  readonly groups: number;
  readonly models: readonly Predictions[];
  readonly blockOf?: ArrayLike<number> | undefined;
}

/** More classes would make every table large and say no more. */
const mostAnswers = 5;
/** A group with fewer rows of a class says nothing about how they are answered. */
const leastOfClass = 10;

/** Counts rows by group and answer: first all rows and those of each label, then what each model gives, to all and to those of the label. */
export function groupAnswers({ task, labels, groupOf, groups, models, blockOf }: FairnessRows): GroupedAnswers {
  const rows = labels.length;
  const answers = task === 'binary' ? [1] : commonest(labels);
  const given = models.map((predictions) => Array.from(labels, (_, row) => predictedClass(predictions, row)));
  const width = columnsPerGroup(answers.length, models.length);
  const unitSums = sumIntoUnits(rows, blockOf, groups * width, (into, offset, row) => {
    if (groupOf[row]! < 0) return;
    const from = offset + groupOf[row]! * width;
    into[from]!++;
    answers.forEach((answer, a) => {
      const isLabel = labels[row] === answer;
      if (isLabel) into[from + 1 + a]!++;
      given.forEach((model, m) => {
        if (model[row] !== answer) return;
        const at = from + 1 + answers.length + 2 * (m * answers.length + a);
        into[at]!++;
        if (isLabel) into[at + 1]!++;
      });
    });
  });
  const counts = answers.map(() => new Int32Array(groups));
  answers.forEach((answer, a) => {
    for (let row = 0; row < rows; row++) if (groupOf[row]! >= 0 && labels[row] === answer) counts[a]![groupOf[row]!]!++;
  });
  const deserving = counts.map((ofGroup) => [...ofGroup.keys()].filter((group) => ofGroup[group]! >= leastOfClass));
  return { rows, groups, answers, deserving, unitSums };
}

/** The gaps of one model; NaN where fewer than two groups have rows enough, or a group of a resample has none. */
export function gapsOf(
  sums: Float64Array,
  { groups, answers, deserving }: GroupedAnswers,
  models: number,
  model: number,
): Gaps {
  const width = columnsPerGroup(answers.length, models);
  const all = Array.from({ length: groups }, (_, group) => group);
  const gaps = answers.map((_, a) => {
    const given = 1 + answers.length + 2 * (model * answers.length + a);
    const rates = (of: readonly number[], hits: number, among: number): number[] =>
      of.map((group) => sums[group * width + hits]! / sums[group * width + among]!);
    return [spread(rates(all, given, 0)), spread(rates(deserving[a]!, given + 1, 1 + a))] as const;
  });
  return {
    demographicParity: largest(gaps.map(([gap]) => gap)),
    equalOpportunity: largest(gaps.map(([, gap]) => gap)),
  };
}

/** Null with fewer than two rates; NaN where one is. */
function spread(rates: readonly number[]): number | null {
  return rates.length < 2 ? null : Math.max(...rates) - Math.min(...rates);
}

function largest(gaps: readonly (number | null)[]): number {
  const known = gaps.filter((gap) => gap !== null);
  return known.length === 0 ? Number.NaN : Math.max(...known);
}

function columnsPerGroup(answers: number, models: number): number {
  return 1 + answers * (1 + 2 * models);
}

function commonest(labels: ArrayLike<number>): number[] {
  const counts = new Map<number, number>();
  for (let row = 0; row < labels.length; row++) counts.set(labels[row]!, (counts.get(labels[row]!) ?? 0) + 1);
  return [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || a - b).slice(0, mostAnswers);
}
