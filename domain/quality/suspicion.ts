import { adjustByHolm } from '../drift/multiple-testing.ts';
import { formatCount, formatPValue } from '../gate/wording.ts';
import type { Check, Outcome } from '../verdict.ts';
import type { QualityPolicy } from './policy.ts';
import type { TestResult } from './two-sample.ts';

/** One way in which data can be broken, measured but not yet judged. */
export interface Suspicion {
  /** Kebab-case kind and what it is about, e.g. `missing:price`. */
  readonly name: string;
  /** Null where counting rows says nothing: a column is there or it isn't. */
  readonly test: TestResult | null;
  readonly effectSize: number;
  /** Whether the effect is large enough to matter. */
  readonly isLarge: boolean;
  /** Rows of the window, whether they have a value or not. */
  readonly windowRows: number;
  /** Rows that have a value. */
  readonly rowsSeen: number;
  readonly rowsNeeded?: number;
  readonly smallestVisibleEffect?: number;
  /** What is said when it is so, and when it isn't. */
  readonly broken: string;
  readonly intact: string;
  readonly figures: string;
  /** Worth knowing, no reason to stop training. */
  readonly advisory: boolean;
  /** The world does this, too, and for good: new customers, new prices, another share of a class. A break that stays is no break any more. */
  readonly mayLast?: boolean;
}

/** Fewer values say nothing of a window, however many rows it has. */
const leastValues = 30;

/** Breaks are told in this order. */
const urgency = [
  'absent',
  'type',
  'unit',
  'label-feed',
  'label-rate',
  'label-mean',
  'missing',
  'stuck',
  'outside',
  'unseen',
  'duplicates',
];

/** A check fails when its effect is large *and* significant (Holm over all of them), and says nothing on too few rows. */
export function judgeSuspicions(suspicions: readonly Suspicion[], policy: QualityPolicy): readonly Check[] {
  const adjusted = adjustByHolm(suspicions.flatMap(({ test }) => test?.pValue ?? []));
  const checks = suspicions.map((suspicion) =>
    decide(suspicion, suspicion.test === null ? null : adjusted.shift()!, policy),
  );
  return checks.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ name }: Check): number {
  const place = urgency.indexOf(name.split(':')[0]!);
  return place < 0 ? urgency.length : place;
}

function decide(suspicion: Suspicion, pValue: number | null, policy: QualityPolicy): Check {
  const { name, test, effectSize, rowsSeen, rowsNeeded, smallestVisibleEffect, advisory } = suspicion;
  const outcome = gradeSuspicion(suspicion, pValue, policy);
  const needed = Math.max(policy.minRows, rowsNeeded ?? 0);
  return {
    name,
    outcome,
    reason: explain(suspicion, outcome, pValue, policy),
    ...(test !== null && { statistic: finiteOr(test.statistic) }),
    ...(pValue !== null && { pValue }),
    effectSize: finiteOr(effectSize),
    rowsSeen,
    ...(test !== null && { rowsNeeded: needed }),
    ...(smallestVisibleEffect !== undefined && { smallestVisibleEffect }),
    ...(advisory && { advisory }),
  };
}

function gradeSuspicion(
  { test, isLarge, windowRows, rowsSeen }: Suspicion,
  pValue: number | null,
  { minRows, level }: QualityPolicy,
): Outcome {
  if (test === null) return isLarge ? 'fail' : 'pass';
  if (windowRows < minRows || rowsSeen < leastValues) return 'inconclusive';
  return isLarge && (pValue ?? 1) <= level ? 'fail' : 'pass';
}

function explain(
  { name, test, broken, intact, figures, windowRows, rowsSeen }: Suspicion,
  outcome: Outcome,
  pValue: number | null,
  { minRows }: QualityPolicy,
): string {
  if (outcome === 'inconclusive') {
    const why =
      windowRows < minRows
        ? `${formatCount(windowRows)} rows, ${formatCount(minRows)} are needed`
        : `only ${formatCount(rowsSeen)} rows have a value`;
    return `${name} can't be judged: ${why}`;
  }
  const certainty = test === null ? '' : `, ${formatCount(rowsSeen)} rows, ${formatPValue(pValue ?? 1)}`;
  return `${outcome === 'fail' ? broken : intact} (${figures}${certainty})`;
}

/** JSON has no infinities; where all of a window lies elsewhere, a statistic may be one. */
function finiteOr(value: number): number {
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE || 0;
}
