import { rowsNeeded, smallestVisibleEffect } from '../gate/rows-needed.ts';
import { formatCount, formatShare } from '../gate/wording.ts';
import { ok, warn, type Finding } from './finding.ts';
import { varianceOf, varianceOfBlocks } from './interval.ts';
import { describeLabels } from './pace.ts';
import { findPairBlocks, holdoutRows, type PowerContext } from './power-context.ts';
import { points } from './wording.ts';

/** Whether a retraining's holdout is large enough for the gain that matters. */
export function judgeGate(context: PowerContext): Finding {
  const { trial, policy, perDay } = context;
  const { gate, retrain, snapshot } = policy;
  const halves = trial.task !== 'regression' && gate.primary === 'either';
  const alpha = halves ? gate.alpha / 2 : gate.alpha;
  const perRow = Math.max(trial.pair.meanSquare, trial.task === 'regression' ? 0 : gate.minEffect);
  const blockRows = gate.blockRows === 'auto' ? findPairBlocks(context) : gate.blockRows;
  const discordantShare = perRow * designEffect(trial.pair.differences, blockRows);
  const design = { discordantShare, alpha, power: gate.power };
  const needed = Math.max(gate.minRows, rowsNeeded({ ...design, difference: gate.minEffect }));
  const holdout = holdoutRows(policy);
  const visible = smallestVisibleEffect({ ...design, rows: holdout });
  const figures = {
    rowsNeeded: needed,
    holdoutRows: holdout,
    smallestGain: visible,
    discordantShare: perRow,
    blockRows,
  };
  const measured = `models of the older and the newer two thirds of the past ${trial.task === 'regression' ? 'differ by a variance of' : 'disagree in being right on'} ${formatShare(perRow)}${blockRows === 1 ? '' : `, in blocks of ${formatCount(blockRows)}`}`;
  const need = `a gain of ${points(gate.minEffect, trial.task)} takes ${formatCount(needed)} holdout rows to be shown (${measured})`;
  const has = `${describeLabels(retrain.minFreshLabels, perDay)} of fresh rows give a holdout of ${formatCount(holdout)}`;
  if (holdout >= needed) return ok('gate', `${need}; ${has}`, figures);
  const text = `${need}; ${has}, which shows ${points(visible, trial.task)}`;
  const fresh = Math.ceil(needed / snapshot.holdoutShare / 100) * 100;
  const advice = `raise retrain.minFreshLabels (to ${formatCount(fresh)}) or snapshot.holdoutShare, or live with smaller gains undecided`;
  return warn('gate', text, advice, figures);
}

/** How many times the variance of a mean exceeds that of independent rows. */
function designEffect(values: Float64Array, blockRows: number): number {
  const single = varianceOf(values);
  return blockRows === 1 || single === 0 ? 1 : Math.max(1, (varianceOfBlocks(values, blockRows) * blockRows) / single);
}
