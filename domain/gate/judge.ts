import type { Check, Verdict } from '../verdict.ts';
import { checkAuc, checkLogLoss } from './advisory-checks.ts';
import { type BaselineInput, checkConstantBaseline, checkSameAsLast } from './baselines.ts';
import { checkAgainstChampion } from './champion-checks.ts';
import { compareLosses } from './comparison.ts';
import type { GateEvidence } from './evidence.ts';
import { findFlaw } from './flaws.ts';
import { checkGuards } from './guards.ts';
import { checkConstantProbabilities, checkProbabilities } from './probabilities.ts';
import type { GatePolicy } from './policy.ts';
import { lossesOfModel, primaryLossOf } from './utility/primary.ts';

/**
 * Decides whether the challenger may replace the champion, on a holdout that neither was trained or tuned on. The paired loss
 * decides; a guard can refuse what is better on the whole, or hold it back for a person; so can the baselines; log loss and AUC
 * are advisory. Without a champion the challenger
 * has to beat the majority class (or the mean) instead. Missing evidence is inconclusive.
 */
export function judgeGate(evidence: GateEvidence, policy: GatePolicy): Verdict {
  const flaw = findFlaw(evidence);
  if (flaw) return { ...flaw, checks: [{ name: 'evidence', ...flaw, rowsSeen: evidence.labels.length }] };
  const input = prepare(evidence);
  const constant = checkConstant(input, policy);
  const auc = checkAuc(evidence, policy);
  const decisive = evidence.champion ? checkChampion(input, policy, auc) : [constant];
  const baselines = [evidence.champion ? constant : null, checkSameAsLast(input, policy)].filter(
    (check) => check !== null,
  );
  const advisory = [checkLogLoss(evidence, policy), auc].filter((check) => check !== null);
  const reservations = policy.baselines === 'require' ? baselines : baselines.map(asAdvisory);
  return conclude({ decisive, guards: checkGuards(evidence, policy), reservations, advisory });
}

function prepare(evidence: GateEvidence): BaselineInput {
  const primary = primaryLossOf(evidence);
  return { evidence, primary, challengerLosses: lossesOfModel(primary, evidence, evidence.challenger) };
}

function checkChampion(
  { evidence, challengerLosses, primary }: BaselineInput,
  policy: GatePolicy,
  auc: Check | null,
): Check[] {
  const { champion, blockOf, challengerSimpler, level = policy.alpha } = evidence;
  const spent = { ...policy, alpha: level };
  const shared = shareLevel(evidence, spent);
  const reference = lossesOfModel(primary, evidence, champion!);
  const comparison = compareLosses({ primary, reference, challenger: challengerLosses, blockOf }, shared);
  const byError = checkAgainstChampion(comparison, shared, challengerSimpler);
  return shared === spent ? byError : weighProbabilities(evidence, byError, auc, shared);
}

/** Better than a constant guess by its answers or, where the policy lets them count, by its probabilities. */
function checkConstant(input: BaselineInput, policy: GatePolicy): Check {
  const shared = shareLevel(input.evidence, policy);
  const byError = checkConstantBaseline(input, shared);
  const byProbabilities = shared === policy ? null : checkConstantProbabilities(input.evidence, shared);
  if (byError.outcome === 'pass' || byProbabilities?.outcome !== 'pass') return byError;
  const reason = `challenger's probabilities are better than the shares of the classes: ${byProbabilities.reason}`;
  return { ...byProbabilities, reason };
}

/** Two chances to be found better halve the level of each. */
function shareLevel({ task, utility }: GateEvidence, policy: GatePolicy): GatePolicy {
  if (task === 'regression' || utility || policy.primary === 'error') return policy;
  return { ...policy, alpha: policy.alpha / 2 };
}

/**
 * Where the answers don't decide, better probabilities do. A proper score sees in a fraction of the rows what right and wrong answers show; that is why
 * the answers need not be shown to be no worse, only not seem worse by more than the margin, nor be shown to be worse at all; nor may the ranking seem worse.
 */
function weighProbabilities(
  evidence: GateEvidence,
  byError: readonly Check[],
  auc: Check | null,
  shared: GatePolicy,
): Check[] {
  const byProbabilities = checkProbabilities(evidence, shared);
  const checks = [...byError];
  const [leading] = checks;
  if (byProbabilities === null || leading === undefined) return checks;
  const isWorse = seemWorse(checks, shared.margin) || ranksWorse(auc, shared.margin);
  if (leading.outcome === 'pass' || byProbabilities.outcome !== 'pass' || isWorse) {
    return [...checks, { ...byProbabilities, advisory: true }];
  }
  const reason = `challenger's probabilities are better, and its answers and its ranking don't seem worse: ${byProbabilities.reason}; ${leading.reason}`;
  return [{ ...byProbabilities, reason }, ...checks.map(asAdvisory)];
}

function seemWorse(byError: readonly Check[], margin: number): boolean {
  return byError.some(
    ({ effectSize = -1, interval }) => effectSize < -margin || (interval !== undefined && interval.high < 0),
  );
}

/**
 * A challenger whose probabilities only fit the level of the last weeks better has learned a level, not an order: it says little once the level changes, and
 * the champion follows a level by itself.
 */
function ranksWorse(auc: Check | null, margin: number): boolean {
  return (auc?.effectSize ?? 0) < -margin;
}

interface Findings {
  readonly decisive: readonly Check[];
  readonly guards: readonly Check[];
  readonly reservations: readonly Check[];
  readonly advisory: readonly Check[];
}

/** A failing check leads, then an undecided one; a reservation that does not pass makes a pass a person's decision. */
function conclude({ decisive, guards, reservations, advisory }: Findings): Verdict {
  const checks = [...decisive, ...guards, ...reservations, ...advisory];
  const counted = decisive.filter((check) => !check.advisory);
  const leading =
    [...counted, ...guards].find(({ outcome, advisory: shown }) => outcome === 'fail' && !shown) ??
    counted.find(({ outcome }) => outcome === 'inconclusive');
  if (leading) return { outcome: leading.outcome, reason: leading.reason, checks };
  const reservation = [...guards, ...reservations].find((check) => !check.advisory && check.outcome !== 'pass');
  if (reservation) return { outcome: 'inconclusive', reason: `${reservation.reason}; a person must decide`, checks };
  return { outcome: 'pass', reason: counted[0]!.reason, checks };
}

function asAdvisory(check: Check): Check {
  return { ...check, advisory: true };
}
