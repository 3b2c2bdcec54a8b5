import { accuracy, logLoss, rocAuc } from '../../domain/outcomes/metrics.ts';

/** Quality of probabilities of class 1 against what came true; null where it is undefined. */
export interface Quality {
  readonly rows: number;
  readonly accuracy: number | null;
  readonly auc: number | null;
  readonly logLoss: number | null;
}

export function measureQuality(probabilities: readonly number[], labels: readonly number[]): Quality {
  const predictions = { width: 1, values: probabilities };
  return {
    rows: labels.length,
    accuracy: accuracy(labels, predictions),
    auc: rocAuc(labels, probabilities),
    logLoss: logLoss(labels, predictions),
  };
}
