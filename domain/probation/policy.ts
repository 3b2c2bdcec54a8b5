/** How long and how strictly a promoted champion is watched against its predecessor. */
export interface ProbationPolicy {
  /** Upper limit of the chance that a champion which is no worse is ever rolled back; also the level of an early confirmation. */
  readonly alpha: number;
  /** Labels after which the probation ends if nothing ended it before. */
  readonly horizonLabels: number;
  /** Fewer labels than this never confirm. */
  readonly minLabels: number;
  /** A champion worse than its predecessor by less than this is non-inferior; in units of loss. */
  readonly margin: number;
  /** Labels that one extension adds. */
  readonly extendLabels: number;
  readonly maxExtensions: number;
  /** Discordant rows for which the detector of a later decay is guaranteed; it is not consulted beyond them. */
  readonly dMax: number;
  /**
   * Neighbouring labels that depend on each other and count as one piece of evidence; 1 takes every label as independent,
   * `auto` what the gate found in the paired differences on the holdout.
   */
  readonly blockLabels: number | 'auto';
}

export const defaultProbationPolicy: ProbationPolicy = {
  alpha: 0.05,
  horizonLabels: 4000,
  minLabels: 300,
  margin: 0.01,
  extendLabels: 4000,
  maxExtensions: 1,
  dMax: 2000,
  blockLabels: 'auto',
};
