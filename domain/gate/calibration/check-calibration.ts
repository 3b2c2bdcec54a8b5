import type { Check } from '../../verdict.ts';
import type { GateEvidence } from '../evidence.ts';
import { asGuard, gradeLimit } from '../guard-grade.ts';
import { brierLosses, subtractLosses } from '../losses.ts';
import { testMean } from '../mean-test.ts';
import type { GatePolicy } from '../policy.ts';
import { boundStatistics, sumIntoUnits, type UnitSums } from '../resample-sums.ts';
import { formatCount, formatNumber, formatPValue } from '../wording.ts';
import { assignBins, calibrationError, confidencesOf, planBins } from './calibration-error.ts';

/** Probabilities no worse than the champion's: by the Brier score and by the calibration error, each by a margin; classes only. */
export function checkCalibration(evidence: GateEvidence, policy: GatePolicy): readonly Check[] {
  if (evidence.task === 'regression' || !evidence.champion) return [];
  // Two chances to be refused halve the level of each.
  const shared = { ...policy, alpha: policy.alpha / 2 };
  return [checkBrier(evidence, shared), checkCalibrationError(evidence, shared)].map(asGuard);
}

function checkBrier({ labels, champion, challenger, blockOf }: GateEvidence, policy: GatePolicy): Check {
  const name = 'calibration:brier';
  const [old, fresh] = [brierLosses(labels, champion!), brierLosses(labels, challenger)];
  const tested = testMean(subtractLosses(fresh, old), policy.brierMargin, policy.alpha, blockOf);
  if (!tested) return tooFew(name, labels.length);
  const outcome = gradeLimit(tested, policy.alpha);
  const [before, after] = [old, fresh].map((losses) => formatNumber(meanOf(losses)));
  const figures = `${after} against ${before}, difference ${describeDifference(tested.mean, tested.interval)}`;
  return {
    name,
    outcome,
    reason: `Brier score ${leads(policy.brierMargin)[outcome]}: ${figures}, ${formatCount(tested.rows)} rows, ${formatPValue(tested.pBeyond)} for worse by more)`,
    pValue: tested.pBeyond,
    effectSize: tested.mean,
    interval: tested.interval,
    rowsSeen: tested.rows,
  };
}

function checkCalibrationError(evidence: GateEvidence, policy: GatePolicy): Check {
  const name = 'calibration:error';
  const { alpha, bootstrapResamples: resamples, seed, calibrationMargin } = policy;
  const { rows, bins, unitSums } = sumResiduals(evidence);
  const errors = (sums: Float64Array) => {
    const old = calibrationError(sums, 0, bins, rows);
    const fresh = calibrationError(sums, bins, bins, rows);
    return [old, fresh, fresh - old];
  };
  const [old, fresh, difference] = boundStatistics(unitSums, errors, { alpha, resamples, seed });
  if (!old || !fresh || !difference) return tooFew(name, rows);
  const outcome =
    difference.lower > calibrationMargin ? 'fail' : difference.upper < calibrationMargin ? 'pass' : 'inconclusive';
  const figures = `${formatNumber(fresh.value)} against ${formatNumber(old.value)}, difference ${describeDifference(difference.value, difference.interval)}`;
  return {
    name,
    outcome,
    reason: `calibration error ${leads(calibrationMargin)[outcome]}: ${figures}, ${formatCount(rows)} rows in ${bins} bins)`,
    effectSize: difference.value,
    interval: difference.interval,
    rowsSeen: rows,
  };
}

/** Sums of probability − hit by bin: the champion's bins first, then the challenger's. */
function sumResiduals({ task, labels, champion, challenger, blockOf }: GateEvidence): {
  readonly rows: number;
  readonly bins: number;
  readonly unitSums: UnitSums;
} {
  const rows = labels.length;
  const bins = planBins(rows);
  const models = [champion!, challenger].map((predictions) => {
    const { probabilities, hits } = confidencesOf(task, labels, predictions);
    return { residuals: subtractLosses(probabilities, hits), binOf: assignBins(probabilities, bins) };
  });
  const unitSums = sumIntoUnits(rows, blockOf, 2 * bins, (into, offset, row) => {
    models.forEach(({ residuals, binOf }, m) => {
      into[offset + m * bins + binOf[row]!]! += residuals[row]!;
    });
  });
  return { rows, bins, unitSums };
}

function leads(margin: number) {
  const shown = formatNumber(margin);
  return {
    fail: `is worse than the champion's by more than ${shown}`,
    pass: `is not worse than the champion's by ${shown} or more`,
    inconclusive: `is not shown to be within ${shown} of the champion's`,
  };
}

function describeDifference(value: number, { low, high, level }: { low: number; high: number; level: number }): string {
  const percent = Number((100 * level).toFixed(2));
  return `${formatNumber(value)} (${percent}% interval ${formatNumber(low)} to ${formatNumber(high)}`;
}

function tooFew(name: string, rowsSeen: number): Check {
  const reason = `calibration can't be compared: ${formatCount(rowsSeen)} rows, in fewer than 10 independent units`;
  return { name, outcome: 'inconclusive', reason, rowsSeen };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
