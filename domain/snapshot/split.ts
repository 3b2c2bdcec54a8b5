import { chooseBlockRows } from '../outcomes/dependence.ts';
import type { SnapshotPolicy } from '../policy.ts';
import type { TrainingWindow } from '../project.ts';
import type { RowRange } from '../table.ts';

export interface Split {
  readonly train: RowRange;
  readonly validation: RowRange;
  readonly holdout: RowRange;
}

export type SplitPlan =
  { readonly outcome: 'split'; readonly split: Split } | { readonly outcome: 'too-few-rows'; readonly reason: string };

const minTrainRows = 100;
const minValidationRows = 30;
const leastCalibrationRows = 100;
/** Spells of alike labels that a validation part should hold: a network that stops by one or two of them has learned their luck. */
const validationBlocks = 20;

/**
 * Cuts rows in time order into train, validation and holdout. The holdout is the newest end of the fresh rows, those that
 * neither a model nor a gate has seen; validation is the newest end of what is before it, a share of the recent window, so
 * that a long history does not keep the newest rows from training. Where labels come in long spells it is as many rows as hold twenty of them, up
 * to that share of all rows.
 *
 * @param freshRows how many of the newest rows are fresh; all of them for a first champion
 * @param labelBlockRows how far neighbouring labels depend on each other (`chooseBlockRows`)
 */
export function planSplit(
  rowCount: number,
  freshRows: number,
  isFirst: boolean,
  minHoldoutRows: number,
  policy: SnapshotPolicy,
  labelBlockRows = 1,
): SplitPlan {
  const share = isFirst ? policy.firstHoldoutShare : policy.holdoutShare;
  const wanted = Math.round(freshRows * share);
  const holdoutRows = Math.min(freshRows, Math.max(wanted, minHoldoutRows));
  const before = rowCount - holdoutRows;
  const most = Math.round(before * policy.validationShare);
  const usual = Math.round(Math.min(before, policy.recentRows) * policy.validationShare);
  const wantedValidation = labelBlockRows > 1 ? Math.min(most, validationBlocks * labelBlockRows) : 0;
  const validationRows = Math.max(minValidationRows, usual, wantedValidation);
  const trainRows = before - validationRows;
  if (holdoutRows < minHoldoutRows) {
    return tooFew(`${freshRows} labelled rows are fresh, the gate needs a holdout of ${minHoldoutRows}`);
  }
  if (trainRows < minTrainRows) {
    return tooFew(`${rowCount} labelled rows leave ${Math.max(0, trainRows)} to train on, ${minTrainRows} are needed`);
  }
  return {
    outcome: 'split',
    split: {
      train: { from: 0, to: trainRows },
      validation: { from: trainRows, to: before },
      holdout: { from: before, to: rowCount },
    },
  };
}

/**
 * Cuts rows for a new calibrator: the newest end of the fresh rows is the holdout, and the fresh rows before it, at most the recent window of
 * them, are what it is fitted to. The part before is what the network knows already.
 */
export function planRecalibration(
  rowCount: number,
  freshRows: number,
  minHoldoutRows: number,
  policy: SnapshotPolicy,
): SplitPlan {
  const holdoutRows = Math.max(Math.round(freshRows * policy.holdoutShare), minHoldoutRows);
  const fitRows = Math.min(freshRows - holdoutRows, policy.recentRows);
  if (fitRows < leastCalibrationRows) {
    return tooFew(
      `${freshRows} labelled rows are fresh, a new calibrator needs ${minHoldoutRows + leastCalibrationRows}`,
    );
  }
  const before = rowCount - holdoutRows;
  return {
    outcome: 'split',
    split: {
      train: { from: 0, to: before - fitRows },
      validation: { from: before - fitRows, to: before },
      holdout: { from: before, to: rowCount },
    },
  };
}

function tooFew(reason: string): SplitPlan {
  return { outcome: 'too-few-rows', reason };
}

/** A quarter of the recent window: what a change has left of it soon is mostly new. */
const newestShare = 0.25;

/** The rows of a training part that a window names. */
export function windowOf(
  window: TrainingWindow,
  train: RowRange,
  { recentRows }: Pick<SnapshotPolicy, 'recentRows'>,
): RowRange {
  if (window === 'all') return train;
  const rows = window === 'recent' ? recentRows : Math.ceil(newestShare * recentRows);
  return { from: Math.max(train.from, train.to - rows), to: train.to };
}

/** Those of the windows that differ, the first of equals; the newest one only where its labels are as many pieces of evidence as a training takes rows. */
export function usefulWindows(
  windows: readonly TrainingWindow[],
  train: RowRange,
  policy: Pick<SnapshotPolicy, 'recentRows'>,
  labels: Float64Array,
): readonly TrainingWindow[] {
  const begins = windows.map((window) => windowOf(window, train, policy).from);
  const different = windows.filter((_, index) => begins.indexOf(begins[index]!) === index);
  const newest = windowOf('newest', train, policy);
  const pieces = (newest.to - newest.from) / spellRows(labels, windowOf('recent', train, policy));
  const useful = different.filter((window) => window !== 'newest' || pieces >= minTrainRows);
  return useful.length > 0 ? useful : different;
}

/** How far neighbouring labels depend on each other: in the steadier half of a window, because a change that went through the other one looks like a spell. */
function spellRows(labels: Float64Array, { from, to }: RowRange): number {
  const middle = (from + to) >> 1;
  return Math.min(chooseBlockRows(labels.subarray(from, middle)), chooseBlockRows(labels.subarray(middle, to)));
}
