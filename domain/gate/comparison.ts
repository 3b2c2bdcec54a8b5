import { studentSurvival } from '../math/student-t.ts';
import type { Outcome } from '../verdict.ts';
import { boundMean, type MeanBounds, minResamplingUnits } from './bootstrap.ts';
import { subtractLosses } from './losses.ts';
import { countDiscordant, testMcNemar } from './mcnemar.ts';
import type { GatePolicy } from './policy.ts';
import { groupIntoUnits, type ResamplingUnits } from './resampling-units.ts';
import type { PrimaryLoss } from './utility/primary.ts';
import { rowsNeeded, smallestVisibleEffect } from './rows-needed.ts';

/** Losses of the challenger and of what it is compared with, on the same rows. */
export interface PairedLosses {
  readonly primary: Omit<PrimaryLoss, 'lossOf'>;
  readonly reference: Float64Array;
  readonly challenger: Float64Array;
  readonly blockOf?: ArrayLike<number> | undefined;
}

/** A paired comparison; differences are loss(reference) − loss(challenger), so that above 0 the challenger is better. */
export interface Comparison {
  readonly primary: Omit<PrimaryLoss, 'lossOf'>;
  readonly rows: number;
  readonly units: number;
  readonly referenceLoss: number;
  readonly challengerLoss: number;
  readonly difference: number;
  /** Mean over standard error; ±Infinity where the difference is the same on every row. */
  readonly statistic: number;
  readonly pValue: number;
  /** McNemar where rows are independent and losses are 0/1, else Student's law on the resampling units. */
  readonly method: 'McNemar' | 'Student';
  /** null where there are too few units. */
  readonly bounds: MeanBounds | null;
  /** Variance of the difference per row, enlarged by what dependence within blocks costs. */
  readonly variancePerRow: number;
  readonly significantlyBetter: boolean;
  readonly significantlyWorse: boolean;
}

/**
 * Compares per-row losses: bootstrap bounds of the mean difference, and for 0/1 losses of independent rows McNemar as well; a
 * difference is significant when both say so.
 */
export function compareLosses(losses: PairedLosses, policy: GatePolicy): Comparison {
  const differences = subtractLosses(losses.reference, losses.challenger);
  const units = groupIntoUnits(differences, losses.blockOf);
  const bounds = boundMean(units, policy.alpha, policy.bootstrapResamples, policy.seed);
  const p = testDifference(losses, units);
  return {
    primary: losses.primary,
    rows: units.rows,
    units: units.sums.length,
    referenceLoss: mean(losses.reference),
    challengerLoss: mean(losses.challenger),
    difference: units.mean,
    statistic: studentize(units),
    pValue: p.better,
    method: p.method,
    bounds,
    variancePerRow: estimateVariance(losses, differences, units),
    significantlyBetter: bounds !== null && bounds.lower > 0 && p.better <= policy.alpha,
    significantlyWorse: bounds !== null && bounds.upper < 0 && p.worse <= policy.alpha,
  };
}

/**
 * Rows that a comparison like this needs to see `difference`, and the smallest difference that it can see. A difference of
 * δ takes a discordant share of at least δ, so that models which seldom disagree are not thought to be told apart by a few rows.
 */
export function planRows(comparison: Comparison, difference: number, { alpha, power, minRows }: GatePolicy) {
  const discordantShare = Math.max(comparison.variancePerRow, comparison.primary.kind === 'error' ? difference : 0);
  return {
    rowsNeeded: Math.max(minRows, rowsNeeded({ discordantShare, difference, alpha, power })),
    smallestVisibleEffect:
      smallestVisibleEffect({ discordantShare, rows: comparison.rows, alpha, power }) * comparison.primary.range,
  };
}

/**
 * The rule for "better": significantly worse fails whatever the rows; a holdout below the minimum says nothing; then a
 * significant gain passes, and without one the challenger fails if the rows needed were there, and is undecided if not.
 */
export function gradeSuperiority(comparison: Comparison, policy: GatePolicy, needed: number): Outcome {
  if (comparison.significantlyWorse) return 'fail';
  if (comparison.rows < policy.minRows || comparison.units < minResamplingUnits) return 'inconclusive';
  if (comparison.significantlyBetter) return 'pass';
  return comparison.rows < needed ? 'inconclusive' : 'fail';
}

function testDifference(losses: PairedLosses, units: ResamplingUnits) {
  if (losses.primary.kind !== 'error' || losses.blockOf) {
    const score = studentize(units);
    const df = units.sums.length - 1;
    return { method: 'Student', better: tail(score, df), worse: tail(-score, df) } as const;
  }
  const mcnemar = testMcNemar(...countDiscordant(losses.reference, losses.challenger));
  return { method: 'McNemar', better: mcnemar.pValueBetter, worse: mcnemar.pValueWorse } as const;
}

/** P(T ≥ score); the same answer everywhere, or a single one, leaves no degree of freedom. */
function tail(score: number, df: number): number {
  if (!Number.isFinite(score) || df < 1) return score > 0 && df >= 1 ? 0 : 1;
  return studentSurvival(score, df);
}

function studentize(units: ResamplingUnits): number {
  return units.mean === 0 ? 0 : units.mean / units.standardError;
}

/** The discordant share for classes, the sample variance for regression; times the design effect of the blocks. */
function estimateVariance(losses: PairedLosses, differences: Float64Array, units: ResamplingUnits): number {
  const rows = differences.length;
  const meanSquare = mean(differences.map((d) => d * d));
  const spread = meanSquare - units.mean ** 2;
  const designEffect = losses.blockOf && spread > 0 ? Math.max(1, (units.standardError ** 2 * rows) / spread) : 1;
  return (losses.primary.kind === 'error' ? meanSquare : Math.max(spread, 0)) * designEffect;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
