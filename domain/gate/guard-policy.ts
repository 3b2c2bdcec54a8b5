/**
 * What a challenger that is better on the whole may not do. Each guard refuses only what is significantly beyond its limit;
 * what it can't tell is reported.
 */
export interface GuardPolicy {
  /** A slice of the rows is harmed when the challenger loses more than this there, in units of loss. */
  readonly sliceMargin: number;
  /** Slices with fewer rows are reported as too small. */
  readonly sliceMinRows: number;
  /** Whether harmed slices are also searched for, beside the declared ones. */
  readonly discoverSlices: boolean;
  /** A fairness gap may be larger than the champion's by this. */
  readonly fairnessMargin: number;
  /** The largest fairness gap of a first champion. */
  readonly fairnessLimit: number;
  /** Rows that only the champion had right, as a share of the champion's wrong ones (Yan et al. 2021). */
  readonly flipLimit: number;
  /** The Brier score may be worse by this. */
  readonly brierMargin: number;
  /** The expected calibration error may be larger by this. */
  readonly calibrationMargin: number;
}

/** One point in a slice of 50 rows, two points of fairness and of calibration error, half of the champion's errors as flips. */
export const defaultGuardPolicy: GuardPolicy = {
  sliceMargin: 0.01,
  sliceMinRows: 50,
  discoverSlices: true,
  fairnessMargin: 0.02,
  fairnessLimit: 0.1,
  flipLimit: 0.5,
  brierMargin: 0.005,
  calibrationMargin: 0.02,
};
