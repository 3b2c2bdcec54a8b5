import { kolmogorovSurvival } from '../math/kolmogorov.ts';

/** Two-sample Kolmogorov–Smirnov statistic D, the largest gap between the empirical distributions; NaN values are left out, 0 without values. */
export function ksStatistic(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const x = sortPresent(a);
  const y = sortPresent(b);
  if (x.length === 0 || y.length === 0) return 0;
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i]!, y[j]!);
    while (x[i] === value) i += 1;
    while (y[j] === value) j += 1;
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length));
  }
  return largest;
}

/** Asymptotic p-value of D between windows of n and m values, by D·√(nm/(n + m)); conservative where values are tied. */
export function ksPValue(statistic: number, n: number, m: number): number {
  return n === 0 || m === 0 ? 1 : kolmogorovSurvival(statistic * Math.sqrt((n * m) / (n + m)));
}

function sortPresent(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}
