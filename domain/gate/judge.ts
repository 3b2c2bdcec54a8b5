import type { Check, Verdict } from '../verdict.ts';
import { checkAuc, checkLogLoss } from './advisory-checks.ts';
import { type BaselineInput, checkConstantBaseline, checkSameAsLast } from './baselines.ts';
import { checkAgainstChampion } from './champion-checks.ts';
import { compareLosses } from './comparison.ts';
import type { GateEvidence } from './evidence.ts';
import { findFlaw } from './flaws.ts';
import { primaryLosses, varianceOf } from './losses.ts';
import type { GatePolicy } from './policy.ts';

/**
 * Decides whether the challenger may replace the champion, on a holdout that neither was trained or tuned on. The paired loss
 * decides; the baselines can hold a pass back for a person; log loss and AUC are advisory. Without a champion the challenger
 * has to beat the majority class (or the mean) instead. Missing evidence is inconclusive.
 */
export function judgeGate(evidence: GateEvidence, policy: GatePolicy): Verdict {
  const flaw = findFlaw(evidence);
  if (flaw) return { ...flaw, checks: [{ name: 'evidence', ...flaw, rowsSeen: evidence.labels.length }] };
  const input = prepare(evidence);
  const constant = checkConstantBaseline(input, policy);
  const decisive = evidence.champion ? checkChampion(input, policy) : [constant];
  const baselines = [evidence.champion ? constant : null, checkSameAsLast(input, policy)].filter(
    (check) => check !== null,
  );
  const advisory = [checkLogLoss(evidence, policy), checkAuc(evidence, policy)].filter((check) => check !== null);
  return conclude(decisive, policy.baselines === 'require' ? baselines : baselines.map(asAdvisory), advisory);
}

/** Squared errors are put in units of the labels' variance, so that margins mean the same for every label. */
function prepare(evidence: GateEvidence): BaselineInput {
  const { task, labels, challenger } = evidence;
  const lossScale = task === 'regression' ? varianceOf(labels) : 1;
  const challengerLosses = primaryLosses(task, labels, challenger).map((loss) => loss / lossScale);
  return { evidence, challengerLosses, lossScale };
}

function checkChampion({ evidence, challengerLosses, lossScale }: BaselineInput, policy: GatePolicy): Check[] {
  const { task, labels, champion, blockOf, challengerSimpler } = evidence;
  const reference = primaryLosses(task, labels, champion!).map((loss) => loss / lossScale);
  const comparison = compareLosses({ task, reference, challenger: challengerLosses, blockOf }, policy);
  return checkAgainstChampion(comparison, policy, challengerSimpler);
}

/** A failing check leads, then an undecided one; a baseline that is not beaten makes a pass a person's decision. */
function conclude(decisive: readonly Check[], baselines: readonly Check[], advisory: readonly Check[]): Verdict {
  const checks = [...decisive, ...baselines, ...advisory];
  const counted = decisive.filter((check) => !check.advisory);
  const leading = counted.find((c) => c.outcome === 'fail') ?? counted.find((c) => c.outcome === 'inconclusive');
  if (leading) return { outcome: leading.outcome, reason: leading.reason, checks };
  const unbeaten = baselines.find((check) => !check.advisory && check.outcome !== 'pass');
  if (unbeaten) return { outcome: 'inconclusive', reason: `${unbeaten.reason}; a person must decide`, checks };
  return { outcome: 'pass', reason: counted[0]!.reason, checks };
}

function asAdvisory(check: Check): Check {
  return { ...check, advisory: true };
}
