import type { GateEvidence } from '../gate/evidence.ts';
import { predictedClass, subtractLosses } from '../gate/losses.ts';
import { lossesOfModel, primaryLossOf } from '../gate/utility/primary.ts';
import type { Predictions, Task } from '../task.ts';
import { compareMetrics, type MetricLine } from './metrics.ts';
import { rankingCurves, type RankingCurves } from './ranking-curves.ts';
import { reliability, type ReliabilityBin } from './reliability.ts';
import { compareResiduals, type ResidualComparison } from './residuals.ts';
import { thin } from './thin.ts';

/** Something of both models; the champion's is null where there is none, or where it can't be had. */
export interface Both<T> {
  readonly champion: T | null;
  readonly challenger: T | null;
}

/** Rows by who was right. For values: by whose error was the smaller. */
export interface Flips {
  readonly bothRight: number;
  readonly onlyChallenger: number;
  readonly onlyChampion: number;
  readonly bothWrong: number;
}

/** Of the rows of a class: how many were found, and how many of those called so were. */
export interface ClassLine {
  readonly name: string;
  readonly rows: number;
  readonly recall: Both<number>;
  readonly precision: Both<number>;
}

export interface GainPoint {
  /** Rows of the holdout so far, in time order. */
  readonly row: number;
  /** Losses that the challenger has saved up to there; for values, in labels' variances. */
  readonly gain: number;
}

/** Champion against challenger on the holdout, as far as a page shows it. Plain JSON. */
export interface ModelComparison {
  readonly task: Task;
  readonly rows: number;
  readonly metrics: readonly MetricLine[];
  /** Binary only. */
  readonly ranking: Both<RankingCurves> | null;
  /** More than two classes only. */
  readonly classes: readonly ClassLine[] | null;
  /** Values only. */
  readonly residuals: ResidualComparison | null;
  readonly reliability: Both<readonly ReliabilityBin[]>;
  readonly flips: Flips | null;
  readonly gain: readonly GainPoint[] | null;
}

/** Lays out both models' answers to the holdout. `classes` are the label's, in index order. */
export function compareModels(evidence: GateEvidence, classes: readonly string[]): ModelComparison {
  const { task, labels, challenger, champion } = evidence;
  const both = <T>(of: (predictions: Predictions) => T): Both<T> => ({
    champion: champion === null ? null : of(champion),
    challenger: of(challenger),
  });
  return {
    task,
    rows: labels.length,
    metrics: compareMetrics(task, labels, challenger, champion),
    ranking: task === 'binary' ? withoutNull(both(({ values }) => rankingCurves(labels, values))) : null,
    classes: task === 'multiclass' ? describeClasses(labels, both, classes) : null,
    residuals:
      task === 'regression'
        ? compareResiduals(labels, challenger.values, champion === null ? null : champion.values)
        : null,
    reliability: both((predictions) => reliability(task, labels, predictions)),
    flips: champion === null ? null : countFlips(evidence, champion),
    gain: champion === null ? null : gainOverTime(evidence, champion),
  };
}

function withoutNull<T>({ champion, challenger }: Both<T | null>): Both<T> | null {
  return challenger === null ? null : { champion, challenger };
}

function countFlips({ task, labels, challenger }: GateEvidence, champion: Predictions): Flips {
  const flips = { bothRight: 0, onlyChallenger: 0, onlyChampion: 0, bothWrong: 0 };
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    const old = errorOf(task, champion, row, label);
    const fresh = errorOf(task, challenger, row, label);
    if (fresh < old) flips.onlyChallenger += 1;
    else if (old < fresh) flips.onlyChampion += 1;
    else if (task === 'regression' || old === 0) flips.bothRight += 1;
    else flips.bothWrong += 1;
  }
  return flips;
}

function errorOf(task: Task, predictions: Predictions, row: number, label: number): number {
  if (task === 'regression') return Math.abs(predictions.values[row]! - label);
  return predictedClass(predictions, row) === label ? 0 : 1;
}

function gainOverTime(evidence: GateEvidence, champion: Predictions): readonly GainPoint[] {
  const primary = primaryLossOf(evidence);
  const saved = subtractLosses(
    lossesOfModel(primary, evidence, champion),
    lossesOfModel(primary, evidence, evidence.challenger),
  );
  let gain = 0;
  return thin([{ row: 0, gain }, ...Array.from(saved, (one, row) => ({ row: row + 1, gain: (gain += one) }))]);
}

/** More classes fill a page and say no more. */
const mostClasses = 20;

function describeClasses(
  labels: ArrayLike<number>,
  both: <T>(of: (predictions: Predictions) => T) => Both<T>,
  names: readonly string[],
): readonly ClassLine[] {
  const tallies = both((predictions) => tally(labels, predictions, names.length));
  const rows = names.map(() => 0);
  for (let row = 0; row < labels.length; row++) rows[labels[row]!]! += 1;
  const share = (of: (counts: Tally) => readonly [number, number]): Both<number> => {
    const one = (counts: Tally | null): number | null => {
      const [part, whole] = counts === null ? [0, 0] : of(counts);
      return whole === 0 ? null : part / whole;
    };
    return { champion: one(tallies.champion), challenger: one(tallies.challenger) };
  };
  return names
    .map((name, index) => ({
      name,
      rows: rows[index]!,
      recall: share(({ right }) => [right[index]!, rows[index]!]),
      precision: share(({ right, called }) => [right[index]!, called[index]!]),
    }))
    .sort((a, b) => b.rows - a.rows)
    .slice(0, mostClasses);
}

interface Tally {
  readonly right: readonly number[];
  readonly called: readonly number[];
}

function tally(labels: ArrayLike<number>, predictions: Predictions, classes: number): Tally {
  const right = new Array<number>(classes).fill(0);
  const called = new Array<number>(classes).fill(0);
  for (let row = 0; row < labels.length; row++) {
    const answer = predictedClass(predictions, row);
    called[answer]! += 1;
    if (answer === labels[row]) right[answer]! += 1;
  }
  return { right, called };
}
