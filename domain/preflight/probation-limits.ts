import { ok, warn, type Finding } from './finding.ts';
import { varianceOfBlocks } from './interval.ts';
import { describeLabels } from './pace.ts';
import { findPairBlocks, type PowerContext } from './power-context.ts';
import { smallestHarm } from './smallest-harm.ts';
import { points } from './wording.ts';

/** Chance with which a loss is to be caught. */
const power = 0.8;

/** The smallest regression that a probation catches before it confirms. */
export function judgeProbation(context: PowerContext): Finding {
  const { trial, policy, perDay } = context;
  const { probation } = policy;
  const { pair, task } = trial;
  const blockLabels = probation.blockLabels === 'auto' ? findPairBlocks(context) : probation.blockLabels;
  const blockVariance = varianceOfBlocks(pair.differences, blockLabels);
  const design = {
    policy: probation,
    blockLabels,
    isRegression: task === 'regression',
    pair: { meanSquare: pair.meanSquare, blockVariance },
    power,
  };
  const extended = probation.horizonLabels + probation.maxExtensions * probation.extendLabels;
  const harm = smallestHarm({ ...design, labels: probation.horizonLabels });
  const extendedHarm = smallestHarm({ ...design, labels: extended });
  const horizon = `its horizon of ${describeLabels(probation.horizonLabels, perDay)}`;
  const longer =
    extendedHarm === null || extended === probation.horizonLabels
      ? ''
      : `, ${points(extendedHarm, task)} with its extensions`;
  const figures = {
    ...(harm === null ? {} : { smallestHarm: harm }),
    ...(extendedHarm === null ? {} : { smallestHarmExtended: extendedHarm }),
    blockLabels,
  };
  if (harm === null) {
    const text = `a probation catches no loss within ${horizon}${longer}`;
    return warn('probation', text, 'raise probation.horizonLabels', figures);
  }
  const text = `the smallest loss that a probation catches within ${horizon} is ${points(harm, task)}${longer} (80% chance)`;
  if (Math.min(harm, extendedHarm ?? harm) <= 2 * probation.margin) return ok('probation', text, figures);
  const advice = `raise probation.horizonLabels, or accept that what is worse by less than that is confirmed (the margin is ${points(probation.margin, task)})`;
  return warn('probation', text, advice, figures);
}
