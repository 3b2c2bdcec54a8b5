/** A bettor that wins when the mean of a bounded difference is above 0; see `stepBetting`. */
export interface BettingState {
  readonly logWealth: number;
  readonly count: number;
  readonly sum: number;
  readonly sumSquares: number;
}

export const initialBetting: BettingState = { logWealth: 0, count: 0, sum: 0, sumSquares: 0 };

const largestBet = 0.5;
/** Stands in for one row of the largest variance that [0, 1] allows, so that the first bets are careful. */
const priorVariance = 0.25;

/** The share of the wealth to bet next: clip(μ̂/(σ̂² + μ̂²), 0, ½), from the past only. */
function nextBet({ count, sum, sumSquares }: BettingState): number {
  const mean = sum / (count + 1);
  const variance = (priorVariance + Math.max(0, sumSquares - (count > 0 ? (sum * sum) / count : 0))) / (count + 1);
  return Math.min(Math.max(mean / (variance + mean * mean), 0), largestBet);
}

/**
 * Bets on a difference d ≥ −1: wealth K ← K·(1 + λd) (Waudby-Smith & Ramdas 2023). While the mean of d given the past is at
 * most 0, P(K ever ≥ 1/α) ≤ α, however often one looks.
 */
export function stepBetting(state: BettingState, difference: number): BettingState {
  return {
    logWealth: state.logWealth + Math.log1p(nextBet(state) * difference),
    count: state.count + 1,
    sum: state.sum + difference,
    sumSquares: state.sumSquares + difference * difference,
  };
}
