/**
 * P(K > x) of Kolmogorov's limiting law: 2 Σ (−1)^(k−1) e^(−2k²x²), and below 1 its theta transform, which converges there.
 * Two-sample KS: x = D·√(nm/(n+m)). Example: kolmogorovSurvival(1.3581) = 0.05.
 */
export function kolmogorovSurvival(x: number): number {
  if (x <= 0) return 1;
  if (x < 1) return 1 - lowerSeries(x);
  let sum = 0;
  for (let k = 1; k <= 5; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return 2 * sum;
}

function lowerSeries(x: number): number {
  let sum = 0;
  for (let k = 1; k <= 9; k += 2) sum += Math.exp((-k * k * Math.PI ** 2) / (8 * x * x));
  return (Math.sqrt(2 * Math.PI) / x) * sum;
}
