/** Bets stay below this share of what one loss can cost. */
const largestShare = 0.75;

/**
 * An upper bound of the mean of losses in [0, 1] that holds with probability 1 − `level`: the least m against which bets made
 * before each loss never win 1/level, K_t(m) = Π(1 − λ_t (x_t − m)) (Waudby-Smith & Ramdas 2023, §4). It adapts to
 * the variance of the losses and supposes nothing of their distribution. 1 where there are none.
 *
 * Example: 200 errors in 1,000 rows are bounded by about .235 at level .025.
 */
export function upperRiskBound(losses: ArrayLike<number>, level: number): number {
  const bets = betsInAdvance(losses, level);
  const winning = Math.log(1 / level);
  let [below, above] = [0, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (below + above) / 2;
    if (mostWon(losses, bets, middle) >= winning) above = middle;
    else below = middle;
  }
  return above;
}

/** Log of the largest wealth along the way of one who bets that the mean is below m. */
export function mostWon(losses: ArrayLike<number>, bets: Float64Array, m: number): number {
  const largest = largestShare / (1 - m);
  let [wealth, most] = [0, 0];
  for (let row = 0; row < losses.length; row++) {
    wealth += Math.log1p(-Math.min(bets[row]!, largest) * (losses[row]! - m));
    most = Math.max(most, wealth);
  }
  return most;
}

/** λ_t = √(2 ln(1/level) / (n σ̂²)), σ̂² from the losses before t and one imagined loss at distance ½ from its mean ½. */
export function betsInAdvance(losses: ArrayLike<number>, level: number): Float64Array {
  const bets = new Float64Array(losses.length);
  let [sum, squares] = [0.5, 0.25];
  for (let row = 0; row < losses.length; row++) {
    bets[row] = Math.sqrt((2 * Math.log(1 / level) * (row + 1)) / (losses.length * squares));
    sum += losses[row]!;
    squares += (losses[row]! - sum / (row + 2)) ** 2;
  }
  return bets;
}
