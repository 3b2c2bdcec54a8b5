import { applyIsotonic, type IsotonicMap } from '../math/isotonic.ts';
import type { Predictions } from '../task.ts';

/**
 * A map on a model's outputs that makes them mean what they say and never changes their order: isotonic or logistic (Platt) on the
 * probability of class 1, a temperature on several classes' probabilities, a line on values. `shifts` is a mixture of moves of the log-odds
 * of class 1, Σ weight·σ(logit p + shift), on top of what `first` makes of p. Plain JSON.
 */
export type Calibrator =
  | { readonly kind: 'isotonic'; readonly map: IsotonicMap }
  | { readonly kind: 'logistic'; readonly slope: number; readonly intercept: number }
  | { readonly kind: 'temperature'; readonly temperature: number }
  | { readonly kind: 'line'; readonly slope: number; readonly intercept: number }
  | {
      readonly kind: 'shifts';
      readonly shifts: readonly number[];
      /** They sum to 1. */
      readonly weights: readonly number[];
      readonly first: Calibrator | null;
    };

/** Networks of single precision say 0 and 1 for what is nearly so. */
export const furthestProbability = 1e-7;
/** So much of the score itself is kept, so that scores which isotonic regression ties stay in their order. */
export const keptShare = 1e-3;

/** Outputs as the calibrator wants them; null leaves them as they are. */
export function applyCalibrator(calibrator: Calibrator | null, predictions: Predictions): Predictions {
  if (calibrator === null) return predictions;
  const values = Float64Array.from(predictions.values);
  calibrateInPlace(calibrator, values, predictions.width, values.length / predictions.width);
  return { width: predictions.width, values };
}

/** The same on the first `rows` rows of row-major outputs, in their place. */
export function calibrateInPlace(calibrator: Calibrator, values: Float64Array, width: number, rows: number): void {
  const length = rows * width;
  switch (calibrator.kind) {
    case 'isotonic':
      for (let at = 0; at < length; at++) values[at] = mapScore(calibrator.map, values[at]!);
      return;
    case 'logistic':
      for (let at = 0; at < length; at++) {
        values[at] = sigmoid(calibrator.slope * logit(values[at]!) + calibrator.intercept);
      }
      return;
    case 'temperature':
      for (let from = 0; from < length; from += width) temper(calibrator.temperature, values, from, from + width);
      return;
    case 'line':
      for (let at = 0; at < length; at++) values[at] = calibrator.slope * values[at]! + calibrator.intercept;
      return;
    case 'shifts': {
      if (calibrator.first !== null) calibrateInPlace(calibrator.first, values, width, rows);
      const factors = calibrator.shifts.map(Math.exp);
      for (let at = 0; at < length; at++) values[at] = mixMoves(factors, calibrator.weights, values[at]!);
    }
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

/** σ(logit p + s) = p·e^s / (p·e^s + 1 − p); NaN stays what it is. */
function mixMoves(factors: readonly number[], weights: readonly number[], p: number): number {
  let sum = 0;
  for (let at = 0; at < factors.length; at++) {
    const one = p * factors[at]!;
    sum += (weights[at]! * one) / (one + 1 - p);
  }
  return sum;
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** One row's p^(1/T), made to sum to 1. */
function temper(temperature: number, values: Float64Array, from: number, to: number): void {
  let largest = -Infinity;
  for (let at = from; at < to; at++) {
    values[at] = Math.log(holdProbability(values[at]!)) / temperature;
    largest = Math.max(largest, values[at]!);
  }
  let sum = 0;
  for (let at = from; at < to; at++) sum += Math.exp(values[at]! - largest);
  for (let at = from; at < to; at++) values[at] = Math.exp(values[at]! - largest) / sum;
}
