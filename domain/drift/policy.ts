/** When a feature counts as drifted. */
export interface DriftPolicy {
  /** Level of significance over all features together. */
  readonly level: number;
  /** `holm` where one feature alone may start a retraining. */
  readonly correction: 'benjamini-hochberg' | 'holm';
  /** Least debiased PSI that matters. */
  readonly stabilityLimit: number;
  /** Least Wasserstein distance that matters, in standard deviations of the reference; numeric features only. */
  readonly distanceLimit: number;
  /** Windows (either of them) with fewer rows are inconclusive. */
  readonly minRows: number;
  /** Also train a small network to tell the windows apart: it sees what no feature shows alone, and costs seconds of a core. */
  readonly classifierTest: boolean;
}

export const defaultDriftPolicy: DriftPolicy = {
  level: 0.05,
  correction: 'benjamini-hochberg',
  stabilityLimit: 0.1,
  distanceLimit: 0.1,
  minRows: 200,
  classifierTest: false,
};
