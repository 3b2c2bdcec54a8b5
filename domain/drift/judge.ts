import type { Check, Outcome, Verdict } from '../verdict.ts';
import { compareWindows, isLarge } from './comparison.ts';
import type { Comparison } from './comparison.ts';
import { countRows } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import { adjustByBenjaminiHochberg, adjustByHolm } from './multiple-testing.ts';
import { defaultDriftPolicy } from './policy.ts';
import type { DriftPolicy } from './policy.ts';
import { describeFigures, describeRows, groupDigits } from './wording.ts';

export type { DriftPolicy } from './policy.ts';

/** Two windows of one column, counted on the same cells. */
export interface Windows {
  readonly reference: Histogram;
  readonly current: Histogram;
}

export interface DriftQuestion {
  readonly features: readonly (Windows & {
    readonly name: string;
    /** Weight of the feature for the champion; 1 unless given. */
    readonly importance?: number;
  })[];
  /** The champion's predicted probabilities, classes or values. */
  readonly prediction?: Windows;
}

export interface DriftReport {
  /** On the features alone: `fail` when any drifted, `pass` when none did, `inconclusive` when a window is too short to tell. */
  readonly verdict: Verdict;
  /** What drifted, by importance × debiased PSI, so that the first entry tells where to look. `rank` counts from 1. */
  readonly drifted: readonly { readonly feature: string; readonly effectSize: number; readonly rank: number }[];
  readonly prediction: Check | null;
}

/**
 * Decides which features have drifted: those whose windows differ significantly (chi-squared, and KS where numeric, corrected for the number of
 * features) *and* by enough to matter (debiased PSI, or for numeric features the Wasserstein distance). In each check
 * `effectSize` is the debiased PSI, and `pValue` the corrected one.
 */
export function judgeDrift(question: DriftQuestion, policy: DriftPolicy = defaultDriftPolicy): DriftReport {
  const findings = judgeColumns(question.features, policy);
  const drifted = findings.filter(({ check }) => check.outcome === 'fail').sort(byPriority);
  const [prediction] = question.prediction
    ? judgeColumns([{ name: 'prediction', ...question.prediction }], policy)
    : [];
  return {
    verdict: summarize(findings, drifted),
    drifted: drifted.map(({ feature, check }, index) => ({
      feature: feature.name,
      effectSize: check.effectSize ?? 0,
      rank: index + 1,
    })),
    prediction: prediction?.check ?? null,
  };
}

type NamedWindows = DriftQuestion['features'][number];

interface Finding {
  readonly feature: NamedWindows;
  readonly check: Check;
  readonly priority: number;
}

function judgeColumns(columns: readonly NamedWindows[], policy: DriftPolicy): Finding[] {
  const comparisons = columns.map((column) =>
    isTooShort(column, policy) ? null : compareWindows(column.reference, column.current, policy),
  );
  const adjust = policy.correction === 'holm' ? adjustByHolm : adjustByBenjaminiHochberg;
  const pValues = adjust(comparisons.flatMap((comparison) => comparison?.pValue ?? []));
  return columns.map((feature, index) => {
    const comparison = comparisons[index];
    if (!comparison) return { feature, check: refuse(feature, policy), priority: 0 };
    const check = decide(feature.name, comparison, pValues.shift()!, policy);
    return { feature, check, priority: (feature.importance ?? 1) * comparison.stability };
  });
}

function isTooShort({ reference, current }: Windows, { minRows }: DriftPolicy): boolean {
  return Math.min(countRows(reference), countRows(current)) < Math.max(1, minRows);
}

function decide(name: string, comparison: Comparison, pValue: number, policy: DriftPolicy): Check {
  const isSignificant = pValue <= policy.level;
  const outcome: Outcome = isSignificant && isLarge(comparison, policy) ? 'fail' : 'pass';
  const found =
    outcome === 'fail' ? 'has drifted' : isSignificant ? 'differs, but too little to matter' : 'has not drifted';
  return {
    name: `drift:${name}`,
    outcome,
    reason: `${name} ${found}: ${describeFigures(comparison, pValue, policy)}`,
    statistic: comparison.chiSquared,
    pValue,
    effectSize: comparison.stability,
    rowsSeen: comparison.currentRows,
    ...(comparison.rowsNeeded === undefined ? {} : { rowsNeeded: Math.max(comparison.rowsNeeded, policy.minRows) }),
    ...(comparison.smallestVisible === undefined ? {} : { smallestVisibleEffect: comparison.smallestVisible }),
  };
}

function refuse({ name, reference, current }: NamedWindows, { minRows }: DriftPolicy): Check {
  const currentRows = countRows(current);
  const rows = describeRows(currentRows, countRows(reference));
  return {
    name: `drift:${name}`,
    outcome: 'inconclusive',
    reason: `${name} can't be judged: ${rows}, and each window needs ${groupDigits(minRows)}`,
    rowsSeen: currentRows,
    rowsNeeded: minRows,
  };
}

function byPriority(a: Finding, b: Finding): number {
  return b.priority - a.priority || (a.feature.name < b.feature.name ? -1 : 1);
}

function summarize(findings: readonly Finding[], drifted: readonly Finding[]): Verdict {
  const checks = findings.map(({ check }) => check);
  const total = checks.length === 1 ? '1 feature' : `${groupDigits(checks.length)} features`;
  const [first] = drifted;
  if (first) {
    const reason = `${groupDigits(drifted.length)} of ${total} ${drifted.length === 1 ? 'has' : 'have'} drifted; first, ${first.check.reason}`;
    return { outcome: 'fail', reason, checks };
  }
  const refused = checks.find(({ outcome }) => outcome === 'inconclusive');
  if (refused) return { outcome: 'inconclusive', reason: refused.reason, checks };
  if (checks.length === 0) return { outcome: 'inconclusive', reason: 'There are no features to compare', checks };
  return { outcome: 'pass', reason: `None of ${total} has drifted`, checks };
}
