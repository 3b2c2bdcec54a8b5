import { chiSquaredSurvival } from '../math/chi-squared.ts';
import { chooseBlockRows } from '../outcomes/dependence.ts';
import type { GateEvidence } from './evidence.ts';
import { brierLosses, subtractLosses } from './losses.ts';
import type { GatePolicy } from './policy.ts';
import { groupIntoUnits } from './resampling-units.ts';
import { lossesOfModel, primaryLossOf } from './utility/primary.ts';

/** A t-test on this many block means needs 6% more rows than one on independent rows, and bears far longer dependence than shorter blocks. */
const usualBlocks = 30;
/** Neighbouring blocks whose means correlate more than this are still too short. */
const largestCorrelation = 0.25;
/** Rows count as dependent where chance alone would spread the block means as far in fewer than one holdout of ten. */
const suspicionLevel = 0.1;

/**
 * Consecutive rows of the holdout that count as one piece of evidence: 1 where rows look independent. Seen are the differences that the gate
 * decides on. Dependence shows in their autocorrelations (Politis & White), or, where each of those is lost in the noise of right and wrong
 * answers, in block means that spread farther than those of independent rows. Then thirty blocks are formed, as in Ibragimov & Müller's t-test
 * on group means (2010), or half or a quarter as many while their means still lean on each other; where even those do, the gate refuses to judge.
 */
export function chooseGateBlockRows(evidence: GateEvidence, policy: GatePolicy): number {
  const { blockRows } = policy;
  if (typeof blockRows === 'number') return blockRows;
  const found = decidingSeries(evidence, policy).reduce((most, series) => Math.max(most, blockRowsOf(series)), 1);
  // Without a champion nothing is to be lost but the wait for one: the exam is held on what there is.
  return evidence.champion ? found : Math.min(found, 2 * Math.floor(evidence.labels.length / usualBlocks));
}

/** The block of each row, as `GateEvidence.blockOf` wants it; nothing for blocks of one row. */
export function formBlocks(rows: number, blockRows: number): Pick<GateEvidence, 'blockOf'> {
  if (blockRows <= 1) return {};
  return { blockOf: Float64Array.from({ length: rows }, (_, row) => Math.floor(row / blockRows)) };
}

/** What is compared: answers, and probabilities where they may decide too. Without a champion, the challenger's own answers. */
function decidingSeries(evidence: GateEvidence, { primary }: GatePolicy): readonly Float64Array[] {
  const { labels, champion, challenger } = evidence;
  const loss = primaryLossOf(evidence);
  const own = lossesOfModel(loss, evidence, challenger);
  if (!champion) return [own];
  const byError = subtractLosses(lossesOfModel(loss, evidence, champion), own);
  if (loss.kind !== 'error' || primary === 'error') return [byError];
  return [byError, subtractLosses(brierLosses(labels, champion), brierLosses(labels, challenger))];
}

/** Example: 3,000 independent values give 1; values of an AR(1) process with ρ = .9 give 100, thirty blocks of them. */
export function blockRowsOf(series: Float64Array): number {
  const usual = Math.floor(series.length / usualBlocks);
  if (usual < 2 || !series.every(Number.isFinite) || series.every((value) => value === series[0])) return 1;
  const found = chooseBlockRows(series);
  if (found === 1 && !spreadsTooFar(series, usual)) return 1;
  let rows = usual;
  for (let halvings = 0; halvings < 3 && correlateNeighbours(series, rows) > largestCorrelation; halvings++) rows *= 2;
  return Math.max(rows, Math.min(found, 2 * usual));
}

/** The variance of block means against that of independent rows: their ratio times (blocks − 1) is chi-squared. */
function spreadsTooFar(series: Float64Array, rows: number): boolean {
  const alone = groupIntoUnits(series).standardError;
  const { standardError, sums } = groupIntoUnits(series, formBlocks(series.length, rows).blockOf);
  const df = sums.length - 1;
  return chiSquaredSurvival((standardError / alone) ** 2 * df, df) <= suspicionLevel;
}

/** Lag-1 autocorrelation of the means of whole blocks. */
function correlateNeighbours(series: Float64Array, rows: number): number {
  const blocks = Math.floor(series.length / rows);
  const whole = series.subarray(0, blocks * rows);
  const { sums, mean } = groupIntoUnits(whole, formBlocks(whole.length, rows).blockOf);
  const deviations = sums.map((sum) => sum / rows - mean);
  let squares = 0;
  let products = 0;
  deviations.forEach((deviation, block) => {
    squares += deviation ** 2;
    products += block > 0 ? deviation * deviations[block - 1]! : 0;
  });
  return squares > 0 ? products / squares : 0;
}
