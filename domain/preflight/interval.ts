import { chooseBlockRows } from '../outcomes/dependence.ts';
import { fillBlocks } from '../outcomes/loss-blocks.ts';
import type { Interval } from '../verdict.ts';

export interface Mean {
  readonly mean: number;
  /** 95%, by the normal law on blocks of rows that depend on each other. */
  readonly interval: Interval;
}

const level = 0.95;
const z = 1.959964;

/** The mean of values in time order. */
export function meanWithInterval(values: Float64Array): Mean {
  const { means } = fillBlocks({ rows: chooseBlockRows(values), sum: 0, count: 0 }, values);
  const mean = average(values);
  const error = Math.sqrt(varianceOf(means) / means.length);
  return { mean, interval: { low: mean - z * error, high: mean + z * error, level } };
}

/** Variance of the means of consecutive blocks. */
export function varianceOfBlocks(values: Float64Array, rows: number): number {
  return varianceOf(fillBlocks({ rows, sum: 0, count: 0 }, values).means);
}

export function average(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased; 0 for fewer than two values. */
export function varianceOf(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = average(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
