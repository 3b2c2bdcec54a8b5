/** The candidate that is made of the others. */
export const blendId = 'blend';

/** How the challenger is made of what was trained. */
export interface ChallengerPolicy {
  /** Most networks that a blend may have; 1 never blends. */
  readonly blendMembers: number;
  /** So many of the newest versions lend their networks to a blend; what an old version knows may come back into season. */
  readonly blendVersions: number;
  /** Train what passed the gate once more, on the holdout's rows too, so that what serves knows the newest rows. */
  readonly refit: boolean;
  /** Move the shares of the champion's networks after the labels, between retrainings: by a bounded rule, without a gate. */
  readonly follow: boolean;
  /** Labels between two such moves. */
  readonly followLabels: number;
}

export const defaultChallengerPolicy: ChallengerPolicy = {
  blendMembers: 8,
  blendVersions: 24,
  refit: true,
  follow: true,
  followLabels: 200,
};
