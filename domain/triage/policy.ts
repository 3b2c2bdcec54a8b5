/** What things cost, in one currency, so that a retraining can be weighed against what it saves. */
export interface TriageCosts {
  /** Of one unit of loss: a wrong answer, for regression a squared error as large as the labels' variance, or a unit of the project's utility. */
  readonly lossUnit: number;
  readonly training: number;
  /** Of the comparison on the holdout, approval included. */
  readonly gate: number;
  readonly rollback: number;
}

/** How triage tells lost calibration from lost ranking, and what a retraining has to bring in. */
export interface TriagePolicy {
  /** One-sided level of each comparison. */
  readonly level: number;
  /** The ranking holds when AUC (or correlation) is shown to be lower by less than this. */
  readonly rankingMargin: number;
  /** Least log loss in nats (or squared error in labels' variances) that a recalibration must gain. */
  readonly minGain: number;
  /** Fewer labelled rows tell nothing. */
  readonly minRows: number;
  /** Null: what a retraining would save is shown in wrong answers, and stops nothing. */
  readonly costs: TriageCosts | null;
}

export const defaultTriagePolicy: TriagePolicy = {
  level: 0.05,
  rankingMargin: 0.05,
  minGain: 0.01,
  minRows: 500,
  costs: null,
};
