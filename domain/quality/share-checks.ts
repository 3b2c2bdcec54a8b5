import { formatCount } from '../gate/wording.ts';
import type { CategoricalContract, NumericContract, ShareContract } from './contract.ts';
import type { QualityPolicy } from './policy.ts';
import type { Suspicion } from './suspicion.ts';
import { type Count, rowsForShare, shareOf, smallestVisibleRise, testProportions } from './two-sample.ts';
import { formatPercent } from './wording.ts';

export interface ShareQuestion {
  readonly name: string;
  readonly limit: number;
  /** Rows of the window, whether they have a value or not. */
  readonly windowRows: number;
  readonly broken: string;
  readonly intact: string;
  readonly advisory?: boolean;
  readonly mayLast?: boolean;
}

/** Is a share larger than in the training part, and by more than `limit` larger than in any stretch of it? */
export function suspectRise(
  current: Count,
  contract: ShareContract,
  { limit, advisory, ...words }: ShareQuestion,
  { level }: QualityPolicy,
): Suspicion {
  const design = { reference: shareOf(contract), referenceRows: contract.rows, level };
  const effectSize = shareOf(current) - contract.highest;
  const needed = rowsForShare(Math.min(1, contract.highest + limit), design);
  return {
    ...words,
    test: testProportions(current, contract, 'greater'),
    effectSize,
    isLarge: effectSize >= limit,
    rowsSeen: current.rows,
    ...(needed !== null && { rowsNeeded: needed }),
    ...(current.rows > 0 && contract.rows > 0 && { smallestVisibleEffect: smallestVisibleRise(current.rows, design) }),
    figures: `${formatPercent(shareOf(current))}, at most ${formatPercent(contract.highest)} in training`,
    advisory: advisory ?? false,
  };
}

export function suspectMissing(
  feature: string,
  current: Count,
  contract: ShareContract,
  policy: QualityPolicy,
): Suspicion {
  const question = {
    name: `missing:${feature}`,
    limit: policy.missingLimit,
    windowRows: current.rows,
    broken: `${feature} is missing more often than ever in training`,
    intact: `${feature} is missing no more often than in training`,
  };
  return suspectRise(current, contract, question, policy);
}

/** A constant window of a feature that always varied: how likely is it that all rows agree by chance? */
const leastVariation = 0.02;

/** Has a feature got stuck on one value? p is the chance that all rows show the value that is most frequent in the steadiest stretch. */
export function suspectStuck(
  feature: string,
  current: Count & { readonly value: string; readonly windowRows: number },
  { steadiest }: Pick<NumericContract | CategoricalContract, 'steadiest'>,
  { level }: QualityPolicy,
): Suspicion {
  const isConstant = current.rows > 0 && current.hits === current.rows;
  const pValue = isConstant ? Math.min(1, steadiest ** current.rows) : 1;
  const needed = Math.ceil(Math.log(level) / Math.log(steadiest));
  return {
    name: `stuck:${feature}`,
    test: { statistic: shareOf(current), pValue },
    effectSize: shareOf(current) - steadiest,
    isLarge: isConstant && 1 - steadiest >= leastVariation,
    windowRows: current.windowRows,
    rowsSeen: current.rows,
    ...(Number.isFinite(needed) && needed > 0 && { rowsNeeded: needed }),
    broken: `${feature} is stuck on ${current.value}`,
    intact: `${feature} is not stuck`,
    figures: `${formatCount(current.hits)} of ${formatCount(current.rows)} values are alike, at most ${formatPercent(steadiest)} in training`,
    advisory: false,
  };
}
