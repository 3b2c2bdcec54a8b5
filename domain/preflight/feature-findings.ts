import { formatCount, formatShare } from '../gate/wording.ts';
import { ok, warn, type Finding } from './finding.ts';
import type { History } from './history.ts';
import { average, meanWithInterval, type Mean } from './interval.ts';
import type { Trial } from './trial.ts';
import { listNames, percent } from './wording.ts';

/** Share of what any feature could explain below which one earns nothing. */
const littleShare = 0.002;
/** One feature that carries this share of all that the model knows. */
const nearlyAll = 0.9;
/** A model that knows less hangs on one feature without anything being odd about it. */
const muchSkill = 0.3;

const method = 'a linear model on the same inputs; what only interactions tell is not seen';

/** What the features tell at all, what each tells that no other does, and which might go. */
export function findFeatureProblems(
  { schema }: History,
  trial: Trial,
  onFeature: (done: number, total: number) => void,
): readonly Finding[] {
  const names = schema.features.map(({ name }) => name);
  const costs = names.map((name, index) => {
    onFeature(index + 1, names.length);
    return { name, ...trial.costOfLeavingOut([name]) };
  });
  const everything = average(trial.constantLosses);
  const skill = skillOf(trial);
  return [
    judgeSkill(trial, skill),
    ...(skill.mean >= muchSkill * everything ? findCarrier(costs, skill.mean) : []),
    judgeIdle(costs, everything, trial.costOfLeavingOut),
  ];
}

interface FeatureCost extends Mean {
  readonly name: string;
}

/** Squared loss saved by knowing the features. */
function skillOf({ constantLosses, squaredLosses }: Trial): Mean {
  return meanWithInterval(constantLosses.map((loss, row) => loss - squaredLosses[row]!));
}

function judgeSkill(
  { task, constantLosses, squaredLosses, losses, testRows }: Trial,
  { mean, interval }: Mean,
): Finding {
  const everything = average(constantLosses);
  const share = everything === 0 ? 0 : mean / everything;
  const name = task === 'regression' ? 'squared error over variance' : 'Brier score';
  const versus = `${name} ${formatShare(average(squaredLosses))} against ${formatShare(everything)} without features`;
  const error = task === 'regression' ? '' : `, error ${formatShare(average(losses))}`;
  const text = `${versus}${error}, on the newest ${formatCount(testRows)} rows tried (${method})`;
  const figures = { explainedShare: share, low: interval.low, high: interval.high };
  if (interval.low > 0) return ok('skill', `the features tell ${percent(share)} of the label: ${text}`, figures);
  const advice = 'look for features that tell more, or shorten snapshot.recentRows if the world changes fast';
  return warn('skill', `the features are not shown to tell the label: ${text}`, advice, figures);
}

function findCarrier(costs: readonly FeatureCost[], skill: number): readonly Finding[] {
  return costs
    .filter(({ mean }) => costs.length > 1 && mean >= nearlyAll * skill)
    .map(({ name, mean }) =>
      warn(
        `leak:${name}`,
        `without "${name}" ${percent(mean / skill)} of what the model knows is gone`,
        `is it known when a prediction is asked for? If not, put it into "exclude"`,
        { costShare: mean / skill },
      ),
    );
}

function judgeIdle(costs: readonly FeatureCost[], everything: number, costOf: Trial['costOfLeavingOut']): Finding {
  const limit = littleShare * everything;
  const idle = costs.filter(({ interval }) => interval.high < limit).map(({ name }) => name);
  const figures = Object.fromEntries(costs.map(({ name, mean }) => [name, mean]));
  const best = costs.toSorted((a, b) => b.mean - a.mean).slice(0, 3);
  const most = `most by ${best.map(({ name, mean }) => `"${name}" (${formatCost(mean)})`).join(', ')}`;
  if (idle.length === 0 || costs.length === 1)
    return ok(
      'features',
      `none of ${costs.length} is shown to earn nothing (left out one at a time); ${most}`,
      figures,
    );
  const { interval } = costOf(idle.length === costs.length ? idle.slice(1) : idle);
  const isOne = idle.length === 1;
  const together = `${isOne ? 'it costs' : 'together they cost'} ${formatCost(interval.low)} to ${formatCost(interval.high)} of squared error`;
  const text = `${idle.length} of ${costs.length} ${isOne ? 'earns' : 'earn'} nothing: ${listNames(idle)} (left out one at a time; ${together}); ${most}`;
  const isSafe = interval.high < limit;
  const advice = isSafe
    ? `put ${isOne ? 'it' : 'them'} into "exclude"`
    : 'some say the same: exclude them one after the other';
  return warn('features', text, `${advice}, unless interactions need ${isOne ? 'it' : 'them'}`, figures);
}

/** Four decimals, and no sign before nothing. */
function formatCost(cost: number): string {
  const text = cost.toFixed(4).replace(/^(-?)0\./, '$1.');
  return text === '-.0000' ? '.0000' : text;
}
