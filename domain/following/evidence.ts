import {
  initialMixtureBets,
  logMixtureWealth,
  stepMixtureBets,
  type MixtureBets,
} from '../probation/mixture-betting.ts';

/** What following came to since the champion was promoted, against standing still on the same rows. Plain JSON. */
export interface FollowEvidence {
  readonly rows: number;
  /** Sums in nats. */
  readonly standingLoss: number;
  readonly followedLoss: number;
  /** Of the block of dependent rows that is being gathered. */
  readonly block: { readonly rows: number; readonly harm: number };
  /** Bets that following is the worse of the two. */
  readonly againstFollowing: MixtureBets;
}

export const noEvidence: FollowEvidence = {
  rows: 0,
  standingLoss: 0,
  followedLoss: 0,
  block: { rows: 0, harm: 0 },
  againstFollowing: initialMixtureBets,
};

/** Losses of a row differ by no more nats than this in the bets. */
const largestDifference = 4;

/** Gathers the losses of both on the same rows, told one by one, in blocks of `blockRows`. */
export function gatherEvidence(before: FollowEvidence, blockRows: number) {
  let { rows, standingLoss, followedLoss, againstFollowing, block } = before;
  return {
    observe(standing: number, followed: number): void {
      rows += 1;
      standingLoss += standing;
      followedLoss += followed;
      const harm = Math.max(-1, Math.min(1, (followed - standing) / largestDifference));
      block = { rows: block.rows + 1, harm: block.harm + harm };
      if (block.rows < blockRows) return;
      againstFollowing = stepMixtureBets(againstFollowing, block.harm / block.rows);
      block = { rows: 0, harm: 0 };
    },
    end: (): FollowEvidence => ({ rows, standingLoss, followedLoss, block, againstFollowing }),
  };
}

/** Log of the e-value against "following is no worse than standing still"; valid however often one looks (Ville). */
export function logHarmEValue({ againstFollowing }: FollowEvidence): number {
  return logMixtureWealth(againstFollowing);
}
