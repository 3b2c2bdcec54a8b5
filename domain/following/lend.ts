import { createPanel, lentShare, ownShares, priorShares } from './experts.ts';
import type { FollowState } from './follow.ts';
import { beginTrack, type Track } from './track.ts';

/** A challenger that was not shown to be better: its networks may help all the same. */
export interface Lender {
  readonly version: string;
  /** Of its networks. */
  readonly shares: readonly number[];
}

/**
 * Lets the networks of another version take part, in the place of those that did so before. They begin with a tenth of the shares, as an expert does
 * that comes late: so much less have the others, which keep their proportions.
 */
export function lend(state: FollowState, lender: Lender | null): FollowState {
  if (state.lent === (lender?.version ?? null)) return state;
  const { panel } = state;
  const own = ownShares(panel);
  const joined = createPanel(panel.task, own, lender?.shares ?? []);
  const prior = priorShares(joined);
  const ownExperts = own.length * panel.shifts.length;
  return {
    ...state,
    lent: lender?.version ?? null,
    panel: joined,
    tracks: state.tracks.map((track) => rejoin(track, prior, ownExperts)),
  };
}

/** What was being gathered is let go: the newcomers weren't there. */
function rejoin({ rowsPerObservation, shares }: Track, prior: Float64Array, ownExperts: number): Track {
  const own = shares.slice(0, ownExperts);
  const sum = own.reduce((total, share) => total + share, 0);
  const left = prior.length === ownExperts ? 1 : 1 - lentShare;
  const joined = Array.from(prior, (share, expert) => (expert < ownExperts ? (left * own[expert]!) / sum : share));
  return beginTrack(rowsPerObservation, joined);
}
