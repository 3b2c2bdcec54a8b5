import { formatCount } from '../gate/wording.ts';
import { ok, warn, type Finding } from './finding.ts';
import { varianceOfBlocks } from './interval.ts';
import { describeLabels } from './pace.ts';
import { findLossBlocks, findPairBlocks, type PowerContext } from './power-context.ts';
import { labelsUntilVisible, smallestVisibleRise } from './visible-rise.ts';
import { points } from './wording.ts';

/** Chance with which a loss is to be seen. */
const power = 0.8;
/** The loss whose delay is told. */
const loss = 0.02;
/** A champion's labels before it gets worse, at most. */
const mostQuietLabels = 10_000;

/** How far rows lean on their neighbours, and whether the policy knows. */
export function judgeDependence(context: PowerContext): Finding {
  const { trial, policy } = context;
  const [losses, pair] = [findLossBlocks(trial), findPairBlocks(context)];
  const text =
    losses === 1 && pair === 1
      ? 'losses of neighbouring rows do not depend on each other'
      : `rows lean on their neighbours: the monitor's blocks of losses take ${formatCount(losses)} rows, the gate's of differences ${formatCount(pair)}`;
  const figures = { lossBlockRows: losses, pairBlockRows: pair };
  const short = [
    ['monitor.lossBlockRows', policy.monitor.lossBlockRows, losses],
    ['gate.blockRows', policy.gate.blockRows, pair],
    ['probation.blockLabels', policy.probation.blockLabels, pair],
  ].flatMap(([name, set, found]) => (typeof set === 'number' && set < Number(found) / 2 ? [`${name} is ${set}`] : []));
  if (short.length === 0) return ok('dependence', text, figures);
  const advice = 'say "auto", or rows that lean on each other count as news one by one';
  return warn('dependence', `${text}, but ${short.join(' and ')}`, advice, figures);
}

/** How long a loss of two points goes on before ADWIN sees it. */
export function judgeMonitor({ trial, policy, perDay, rows }: PowerContext): Finding {
  const { lossBlockRows } = policy.monitor;
  const blockRows = lossBlockRows === 'auto' ? findLossBlocks(trial) : lossBlockRows;
  const quietLabels = Math.min(mostQuietLabels, rows);
  const design = { blockRows, blockVariance: varianceOfBlocks(trial.losses, blockRows), quietLabels, power };
  const after = `after ${describeLabels(quietLabels, perDay)} without one`;
  const labels = labelsUntilVisible({ ...design, rise: loss });
  if (labels !== null && labels <= quietLabels) {
    const text = `a loss of ${points(loss, trial.task)} is visible within ${describeLabels(labels, perDay)}, ${after} (ADWIN, 80% chance)`;
    return ok('monitor', text, { labels, rise: loss, quietLabels });
  }
  const seen = smallestVisibleRise(design, quietLabels);
  const instead =
    seen === null ? '' : `; ${points(seen, trial.task)} are, within ${describeLabels(quietLabels, perDay)}`;
  const when = labels === null ? 'never visible' : `visible only after ${describeLabels(labels, perDay)}`;
  const text = `a loss of ${points(loss, trial.task)} is ${when}, ${after} (ADWIN, 80% chance)${instead}`;
  const advice = 'retrain by the clock as well (retrain.every)';
  return warn('monitor', text, advice, {
    rise: loss,
    quietLabels,
    ...(labels === null ? {} : { labels }),
    ...(seen === null ? {} : { smallestRise: seen }),
  });
}
