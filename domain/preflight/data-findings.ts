import { countClasses } from '../quality/label-contract.ts';
import { formatCount } from '../gate/wording.ts';
import { chooseBlockRows } from '../outcomes/dependence.ts';
import type { Policy } from '../project.ts';
import { planSplit } from '../snapshot/split.ts';
import type { RowRange } from '../table.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import type { History } from './history.ts';
import { findOddities } from './oddities.ts';
import { percent } from './wording.ts';

/** Fewer holdout rows of a class can't show how it is answered. */
const leastHoldoutRows = 30;
const leastTrainRows = 10;

/** Whether there is enough to learn from and to judge by: rows, and rows of every class. */
export function findDataProblems(history: History, { snapshot, gate }: Policy): readonly Finding[] {
  const rows = history.table.rowCount;
  const labelBlockRows = chooseBlockRows(history.labels.subarray(-snapshot.recentRows));
  const plan = planSplit(rows, rows, true, gate.minRows, snapshot, labelBlockRows);
  if (plan.outcome === 'too-few-rows')
    return [fail('rows', plan.reason, 'collect more labelled rows, or lower gate.minRows', { rows })];
  const { train, validation, holdout } = plan.split;
  const counts = [train, validation, holdout].map(({ from, to }) => to - from);
  const [learned = 0, stopped = 0, judged = 0] = counts;
  const text = `${formatCount(rows)} rows: the first champion learns from ${formatCount(learned)}, stops by ${formatCount(stopped)} and is judged on ${formatCount(judged)}`;
  const figures = { rows, trainRows: learned, validationRows: stopped, holdoutRows: judged };
  return [ok('rows', text, figures), ...findClassProblems(history, train, holdout), ...findColumnProblems(history)];
}

function findClassProblems({ labels, schema }: History, train: RowRange, holdout: RowRange): readonly Finding[] {
  if (schema.classes.length === 0) return [];
  const { hits: learned } = countClasses(labels.subarray(train.from, train.to), schema.classes.length);
  const { hits: judged } = countClasses(labels.subarray(holdout.from, holdout.to), schema.classes.length);
  const rarest = learned.indexOf(Math.min(...learned));
  const fewest = judged.indexOf(Math.min(...judged));
  const name = (index: number): string => `class "${schema.classes[index]}" of "${schema.label}"`;
  const figures = { trainRows: learned[rarest]!, holdoutRows: judged[fewest]! };
  if (learned[rarest]! < leastTrainRows) {
    const text = `${name(rarest)} has ${formatCount(learned[rarest]!)} rows to learn from`;
    return [fail('labels', text, 'join it with another class, or collect more of it', figures)];
  }
  if (judged[fewest]! < leastHoldoutRows) {
    const text = `${name(fewest)} has ${formatCount(judged[fewest]!)} rows in the holdout: a change on it can't be seen`;
    return [warn('labels', text, 'expect no verdict on it; a larger snapshot.firstHoldoutShare helps', figures)];
  }
  const share = learned[rarest]! / (train.to - train.from);
  return [ok('labels', `the rarest, ${name(rarest)}, is ${percent(share)} of the training rows`, figures)];
}

function findColumnProblems({ table, schema }: History): readonly Finding[] {
  const advice = { constant: 'put it into "exclude"', 'id-like': 'put it into "exclude"' } as const;
  return findOddities(table, schema.features).map(({ feature, kind, text }) => {
    const todo = kind === 'constant' || kind === 'id-like' ? advice[kind] : 'mend the data, or put it into "exclude"';
    return warn(`column:${feature}`, `"${feature}" ${text}`, todo);
  });
}
