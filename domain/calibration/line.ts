import type { Calibrator } from './calibrator.ts';

type Line = Extract<Calibrator, { kind: 'line' }>;

/** The line through values and labels with the least squared error; null where it doesn't rise, or there is no finite one. */
export function fitLine(labels: ArrayLike<number>, values: ArrayLike<number>): Line | null {
  const [meanValue, meanLabel] = [meanOf(values), meanOf(labels)];
  let [product, square] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const distance = values[row]! - meanValue;
    product += distance * (labels[row]! - meanLabel);
    square += distance * distance;
  }
  const slope = product / square;
  const intercept = meanLabel - slope * meanValue;
  return slope > 0 && Number.isFinite(slope) && Number.isFinite(intercept) ? { kind: 'line', slope, intercept } : null;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += values[row]! / values.length;
  return sum;
}
