import type { Predictions } from '../task.ts';
import type { Outcome } from '../verdict.ts';
import type { GateEvidence } from './evidence.ts';
import { smallestVariance, varianceOf } from './losses.ts';
import { observedRange } from './utility/primary.ts';
import { formatCount } from './wording.ts';

/** Why the evidence can't be judged at all. */
interface Flaw {
  readonly outcome: Exclude<Outcome, 'pass'>;
  readonly reason: string;
}

/** Beyond these, squares of squared errors overflow. */
const largestValue = 1e50;

const inconclusive = (reason: string): Flaw => ({ outcome: 'inconclusive', reason });

/** Decides whether there is anything to compare; null when there is. */
export function findFlaw(evidence: GateEvidence): Flaw | null {
  return (
    findLabelFlaw(evidence) ??
    findPredictionFlaw('challenger', evidence.challenger, evidence, 'fail') ??
    (evidence.champion && findPredictionFlaw('champion', evidence.champion, evidence, 'inconclusive')) ??
    findUtilityFlaw(evidence)
  );
}

/** Looked for last: utility is defined on answers that are known to be sound. */
function findUtilityFlaw(evidence: GateEvidence): Flaw | null {
  if (!evidence.utility) return null;
  const { low, high } = observedRange(evidence);
  if (!Number.isFinite(low)) return inconclusive('the utility of some answers is not a finite number: mend it');
  return high > low ? null : inconclusive(`every answer has the utility ${low}: nothing to tell models apart by`);
}

function findLabelFlaw({ task, labels, blockOf, challenger, inputs, lastKnownDelayRows }: GateEvidence): Flaw | null {
  const rows = labels.length;
  if (rows === 0) return inconclusive('the holdout is empty: wait for labelled rows');
  const classes = task === 'binary' ? 2 : challenger.width;
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    if (!isUsable(label))
      return inconclusive(`label of holdout row ${row} is ${label}, not a number that can be squared`);
    if (task !== 'regression' && !(Number.isInteger(label) && label >= 0 && label < classes))
      return inconclusive(`label of holdout row ${row} is ${label}, not one of the ${classes} class indices from 0`);
  }
  if (varianceOf(labels) < smallestVariance)
    return inconclusive(
      `all ${formatCount(rows)} holdout rows have the ${task === 'regression' ? 'value' : 'class'} ${labels[0]}: nothing to tell models apart by`,
    );
  if (blockOf && blockOf.length !== rows)
    return inconclusive(`blockOf has ${blockOf.length} entries for ${rows} holdout rows: give one per row`);
  if (inputs && inputs.rowCount !== rows)
    return inconclusive(`there are inputs of ${inputs.rowCount} rows for ${rows} holdout rows: give one per row`);
  if (lastKnownDelayRows != null && !(Number.isInteger(lastKnownDelayRows) && lastKnownDelayRows >= 1))
    return inconclusive(`lastKnownDelayRows is ${lastKnownDelayRows}: give a whole number of rows from 1, or null`);
  return null;
}

function findPredictionFlaw(
  who: 'champion' | 'challenger',
  { width, values }: Predictions,
  { task, labels, challenger }: GateEvidence,
  outcome: Flaw['outcome'],
): Flaw | null {
  const rows = labels.length;
  const widthIsRight = task === 'multiclass' ? width >= 2 && width === challenger.width : width === 1;
  if (!widthIsRight || values.length !== rows * width)
    return {
      outcome,
      reason: `${who} has ${values.length} predicted numbers of width ${width}, which does not fit ${rows} holdout rows of a ${task} model`,
    };
  const isValid = (p: number) => (task === 'regression' ? isUsable(p) : p >= -1e-6 && p <= 1 + 1e-6);
  const bad = Array.from(values).findIndex((p) => !isValid(p));
  if (bad < 0) return null;
  const right = task === 'regression' ? 'a number that can be squared' : 'a probability';
  return { outcome, reason: `${who} predicts ${values[bad]} for holdout row ${Math.floor(bad / width)}, not ${right}` };
}

function isUsable(value: number): boolean {
  return Math.abs(value) <= largestValue;
}
