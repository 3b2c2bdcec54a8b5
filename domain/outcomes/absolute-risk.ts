/** Chance of a false alarm: one half is spent on the bound of the holdout's risk, one half on the live losses. */
export const riskLevel = 0.05;
/** Live losses this much above the holdout's bound are still as promised; losses lie in [0, 1]. */
export const riskTolerance = 0.01;

/** A bet against "the live risk is at most the limit"; plain JSON. */
export interface RiskWatch {
  readonly logWealth: number;
  readonly count: number;
  readonly sum: number;
  /** Of the distances of each loss from the mean that included it. */
  readonly squares: number;
}

export const initialRiskWatch: RiskWatch = { logWealth: 0, count: 0, sum: 0, squares: 0 };

/** The live risk is above the limit. */
export interface RiskAlarm {
  /** Of the losses passed. */
  readonly index: number;
  /** Mean loss since the watch began. */
  readonly mean: number;
  readonly eValue: number;
}

/**
 * The absolute-risk test (Podkopaev & Ramdas 2021): has the live risk risen above `limit`, the upper bound of the holdout's risk at
 * δ/2 plus a tolerance? Alarms when the lower end of the live risk's confidence sequence at δ/2 passes the limit, that is, when
 * a bet against it, K ← K·(1 + λ(x − limit)), has won 2/δ (Waudby-Smith & Ramdas 2023). λ is the approximate Kelly bet on the
 * losses before, never negative. While the risk is within the limit, the chance of an alarm ever is at most δ, however often one
 * looks. After an alarm it begins anew. Losses are in [0, 1].
 *
 * Example: limit .2 and nothing but ones alarm at the seventh loss.
 */
export function watchRisk(
  before: RiskWatch,
  losses: ArrayLike<number>,
  limit: number,
): { readonly state: RiskWatch; readonly alarms: readonly RiskAlarm[] } {
  const winning = Math.log(2 / riskLevel);
  const alarms: RiskAlarm[] = [];
  let state = before;
  for (let index = 0; index < losses.length; index++) {
    state = stepRisk(state, losses[index]!, limit);
    if (state.logWealth < winning) continue;
    alarms.push({ index, mean: state.sum / state.count, eValue: Math.exp(state.logWealth) });
    state = initialRiskWatch;
  }
  return { state, alarms };
}

function stepRisk(state: RiskWatch, loss: number, limit: number): RiskWatch {
  const count = state.count + 1;
  const sum = state.sum + loss;
  const squares = state.squares + (loss - (sum + limit) / (count + 1)) ** 2;
  return { logWealth: state.logWealth + Math.log1p(nextBet(state, limit) * (loss - limit)), count, sum, squares };
}

/** One imagined loss at the limit, of the largest variance possible, makes the first bets careful. */
const priorVariance = 0.25;
/** Share of the wealth that one loss may cost. */
const largestShare = 0.75;

/** λ = (μ̂ − m) / (σ̂² + (μ̂ − m)²), held in [0, ¾/m]. */
function nextBet({ count, sum, squares }: RiskWatch, limit: number): number {
  const gain = (sum + limit) / (count + 1) - limit;
  const variance = (squares + priorVariance) / (count + 1);
  return Math.min(Math.max(0, gain / (variance + gain * gain)), largestShare / limit);
}
