/** Only `pass` ever promotes; missing evidence is `inconclusive`, never `pass`. */
export type Outcome = 'pass' | 'fail' | 'inconclusive';

/** A closed interval; `level` is its confidence, e.g. 0.95. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

/**
 * What one statistical check found. Numbers are finite or absent, never NaN: a check that can't
 * compute its statistic is `inconclusive` and says why in `reason`.
 */
export interface Check {
  /** Stable kebab-case name, e.g. `mcnemar` or `psi:temperature`. */
  readonly name: string;
  readonly outcome: Outcome;
  /** One sentence a person can read, with the figures in it. */
  readonly reason: string;
  readonly statistic?: number;
  readonly pValue?: number;
  readonly eValue?: number;
  readonly effectSize?: number;
  readonly interval?: Interval;
  /** Rows (or labels) that the check saw. */
  readonly rowsSeen: number;
  /** Pieces of evidence that those rows come to, where neighbouring rows depend on each other. */
  readonly piecesSeen?: number;
  /** Rows needed for 80% power at the smallest effect that matters. */
  readonly rowsNeeded?: number;
  /** Smallest effect visible with 80% power in `rowsSeen` rows, in the unit of `effectSize`. */
  readonly smallestVisibleEffect?: number;
  /** Reported, not counted in the verdict. */
  readonly advisory?: true;
}

/** A judge's decision, with the checks it rests on. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly checks: readonly Check[];
}
