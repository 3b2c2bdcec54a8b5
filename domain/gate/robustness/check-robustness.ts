import { adjustByHolm } from '../../drift/multiple-testing.ts';
import type { Predictions } from '../../task.ts';
import type { Check, Outcome } from '../../verdict.ts';
import type { GateEvidence } from '../evidence.ts';
import { asGuard } from '../guard-grade.ts';
import { primaryLosses, squaredErrorUnit } from '../losses.ts';
import { testMean, type MeanTest } from '../mean-test.ts';
import type { GatePolicy } from '../policy.ts';
import { formatCount, formatPoints, formatPValue } from '../wording.ts';

/** What both models say to rows of the holdout that were perturbed. */
export interface RobustnessEvidence {
  /** Indices of the holdout's rows that were tried. */
  readonly rows: readonly number[];
  readonly perturbed: readonly PerturbedAnswers[];
}

export interface PerturbedAnswers {
  readonly name: string;
  readonly champion: Predictions;
  readonly challenger: Predictions;
}

/** Quality that each model loses to a perturbation, and whether the challenger loses more. */
interface Loss {
  readonly name: string;
  readonly champion: number;
  readonly challenger: number;
  readonly test: MeanTest;
}

/**
 * Does the challenger take missing values and noise worse than the champion? For each perturbation the paired difference of what the
 * two lose, row by row or block by block, is tested against the margin (Student), with Holm over the perturbations.
 */
export function checkRobustness(evidence: GateEvidence, policy: GatePolicy): readonly Check[] {
  const { robustness, champion } = evidence;
  if (!robustness || !champion || robustness.perturbed.length === 0) return [];
  const name = 'robustness';
  const rowsSeen = robustness.rows.length;
  const losses = measureLosses(evidence, { ...robustness, champion }, policy);
  if (losses === null) {
    const reason = 'robustness can’t be judged: fewer than 10 rows, or blocks of rows';
    return [{ name, outcome: 'inconclusive', reason, rowsSeen, advisory: true }];
  }
  const pValues = adjustByHolm(losses.map(({ test }) => test.pBeyond));
  const worst = losses.reduce((a, b) => (b.test.mean > a.test.mean ? b : a));
  const outcome = grade(losses, pValues, policy.alpha);
  const pValue = outcome === 'fail' ? Math.min(...pValues) : pValues[losses.indexOf(worst)]!;
  const { mean: effectSize, interval } = worst.test;
  const reason = describe(outcome, losses, worst, policy, pValue);
  const check = asGuard({ name, outcome, reason, pValue, effectSize, interval, rowsSeen });
  return [policy.robustness === 'require' ? check : { ...check, advisory: true }];
}

function measureLosses(
  { task, labels, challenger, blockOf }: GateEvidence,
  { rows, perturbed, champion }: RobustnessEvidence & { readonly champion: Predictions },
  { robustnessMargin, alpha }: GatePolicy,
): readonly Loss[] | null {
  const tried = Float64Array.from(rows, (row) => labels[row]!);
  const scale = task === 'regression' ? squaredErrorUnit(labels) : 1;
  const blocks = blockOf && rows.map((row) => blockOf[row]!);
  const clean = [champion, challenger].map((one) => primaryLosses(task, labels, one));
  const found: Loss[] = [];
  for (const { name, ...answers } of perturbed) {
    const [old, fresh] = [answers.champion, answers.challenger].map((predictions, model) =>
      primaryLosses(task, tried, predictions).map((loss, index) => (loss - clean[model]![rows[index]!]!) / scale),
    );
    const test = testMean(
      fresh!.map((loss, index) => loss - old![index]!),
      robustnessMargin,
      alpha,
      blocks,
    );
    if (test === null) return null;
    found.push({ name, champion: meanOf(old!), challenger: meanOf(fresh!), test });
  }
  return found;
}

/** Shown to be worse in any way: fail; shown not to be in all: pass. */
function grade(losses: readonly Loss[], pValues: readonly number[], alpha: number): Outcome {
  if (pValues.some((p) => p <= alpha)) return 'fail';
  return losses.every(({ test }) => test.pWithin <= alpha) ? 'pass' : 'inconclusive';
}

function describe(
  outcome: Outcome,
  losses: readonly Loss[],
  worst: Loss,
  { robustnessMargin }: GatePolicy,
  pValue: number,
): string {
  const margin = `${formatPoints(robustnessMargin).slice(1)} points`;
  const lead = {
    fail: `challenger loses over ${margin} more than the champion`,
    pass: `challenger loses at most ${margin} more than the champion`,
    inconclusive: `not shown that the challenger loses at most ${margin} more than the champion`,
  }[outcome];
  const lost = ({ champion, challenger }: Loss) =>
    `${formatPoints(challenger)} against ${formatPoints(champion)} points`;
  const general = losses.filter((loss) => loss !== worst && !loss.name.startsWith('half of'));
  const others = general.map((loss) => `; with ${loss.name} ${lost(loss)}`).join('');
  const tried = `${formatCount(losses.length)} perturbations`;
  return `${lead}: at worst, with ${worst.name}, ${lost(worst)} of loss (${tried}, ${formatPValue(pValue)})${others}`;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
