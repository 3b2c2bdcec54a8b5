/** log(mean of exp(x)), without overflow. */
export function logMeanExp(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const value of logs) sum += Math.exp(value - largest);
  return largest + Math.log(sum / logs.length);
}

/** log(1 + exp(x)), without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** exp(x), held below the largest finite number: Infinity does not survive JSON. */
export function boundedExp(x: number): number {
  return Math.min(Math.exp(x), Number.MAX_VALUE);
}
