import { applyIsotonic, type IsotonicMap } from '../math/isotonic.ts';
import type { Predictions } from '../task.ts';

/**
 * A map on a model's outputs that makes them mean what they say and never changes their order: isotonic or logistic (Platt) on the
 * probability of class 1, a temperature on several classes' probabilities, a line on values. Plain JSON.
 */
export type Calibrator =
  | { readonly kind: 'isotonic'; readonly map: IsotonicMap }
  | { readonly kind: 'logistic'; readonly slope: number; readonly intercept: number }
  | { readonly kind: 'temperature'; readonly temperature: number }
  | { readonly kind: 'line'; readonly slope: number; readonly intercept: number };

/** Networks of single precision say 0 and 1 for what is nearly so. */
const furthestProbability = 1e-7;
/** So much of the score itself is kept, so that scores which isotonic regression ties stay in their order. */
const keptShare = 1e-3;

/** Outputs as the calibrator wants them; null leaves them as they are. */
export function applyCalibrator(calibrator: Calibrator | null, predictions: Predictions): Predictions {
  if (calibrator === null) return predictions;
  const { width, values } = predictions;
  switch (calibrator.kind) {
    case 'isotonic':
      return { width, values: Float64Array.from(values, (p) => mapScore(calibrator.map, p)) };
    case 'logistic':
      return {
        width,
        values: Float64Array.from(values, (p) => sigmoid(calibrator.slope * logit(p) + calibrator.intercept)),
      };
    case 'temperature':
      return { width, values: temper(calibrator.temperature, predictions) };
    case 'line':
      return { width, values: Float64Array.from(values, (value) => calibrator.slope * value + calibrator.intercept) };
  }
}

/** ln p/(1 − p), with p held 1e-7 away from 0 and 1. */
export function logit(p: number): number {
  const held = holdProbability(p);
  return Math.log(held) - Math.log1p(-held);
}

/** NaN stays what it is. */
function holdProbability(p: number): number {
  return Math.min(1 - furthestProbability, Math.max(furthestProbability, p));
}

function mapScore(map: IsotonicMap, p: number): number {
  return (1 - keptShare) * applyIsotonic(map, p) + keptShare * p;
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** Each row's p^(1/T), made to sum to 1. */
function temper(temperature: number, { width, values }: Predictions): Float64Array {
  const tempered = Float64Array.from(values, (p) => Math.log(holdProbability(p)) / temperature);
  for (let from = 0; from < tempered.length; from += width) {
    const row = tempered.subarray(from, from + width);
    const largest = row.reduce((most, x) => Math.max(most, x), -Infinity);
    const sum = row.reduce((total, x) => total + Math.exp(x - largest), 0);
    for (let c = 0; c < row.length; c++) row[c] = Math.exp(row[c]! - largest) / sum;
  }
  return tempered;
}
