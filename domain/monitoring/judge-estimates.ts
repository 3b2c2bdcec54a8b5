import { estimateClasses } from '../outcomes/estimation/class-estimator.ts';
import type { Estimate } from '../outcomes/estimation/estimate.ts';
import { estimateLosses } from '../outcomes/estimation/loss-estimator.ts';
import type { Table } from '../table.ts';
import type { Predictions } from '../task.ts';
import type { Finding } from './finding.ts';
import type { DriftReference } from './reference.ts';

/** The metrics that may raise a signal, as a person calls them, and which side is worse. */
const watched: Readonly<Record<string, { readonly label: string; readonly worse: 'lower' | 'upper' }>> = {
  accuracy: { label: 'accuracy', worse: 'lower' },
  rocAuc: { label: 'AUC', worse: 'lower' },
  rootMeanSquaredError: { label: 'root mean squared error', worse: 'upper' },
};

export interface EstimatedPerformance {
  readonly estimates: readonly Estimate[];
  readonly signals: readonly Finding[];
}

/**
 * Do the predictions look worse than they were on the holdout, although no label has arrived? Advisory: it is true only while inputs
 * and label are related as they were, so it may raise a signal and decides nothing.
 */
export function judgeEstimates(
  { estimator }: DriftReference,
  inputs: Table,
  outputs: Predictions,
): EstimatedPerformance {
  if (estimator === undefined) return { estimates: [], signals: [] };
  const estimates: readonly Estimate[] =
    estimator.kind === 'classes'
      ? estimateClasses(estimator, outputs)
      : estimateLosses(estimator, inputs, Float64Array.from(outputs.values));
  const worse = estimates.filter(isWorse);
  if (worse.length === 0) return { estimates, signals: [] };
  const reason = `${worse.map(describe).join(', ')} (estimated without labels)`;
  return {
    estimates,
    signals: [{ kind: 'estimated-performance', reason, sources: worse.map(({ metric }) => metric) }],
  };
}

function isWorse({ metric, value, thresholds }: Estimate): boolean {
  const worse = watched[metric]?.worse;
  return worse === 'lower' ? value < thresholds.lower : worse === 'upper' && value > thresholds.upper;
}

function describe({ metric, value, thresholds, realized }: Estimate): string {
  const { label, worse } = watched[metric]!;
  const unusual = `${worse === 'lower' ? 'below' : 'above'} ${thresholds[worse].toFixed(3)}`;
  return `the champion's ${label} is about ${value.toFixed(3)}; on its holdout it was ${realized.toFixed(3)}, and ${unusual} is unusual`;
}
