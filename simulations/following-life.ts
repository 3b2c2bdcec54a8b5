import { standingShares, type FollowedRows } from '../domain/following/experts.ts';
import { beginFollowing, follow, type FollowState } from '../domain/following/follow.ts';
import { proposeShares } from '../domain/following/proposal.ts';
import type { FollowedStream } from './following-streams.ts';

export const alpha = 0.05;

export interface Lived {
  /** Nats that following lost more than standing still, a row: of all, and of the second half. */
  readonly excess: number;
  readonly lateExcess: number;
  /** Shares that served each window. */
  readonly served: readonly (readonly number[])[];
  /** Rows after which following was first shown to be the worse; null: never. */
  readonly stoppedAtRow: number | null;
  readonly trustInStanding: number;
}

/** As it goes live: every window is served with the shares of the one before, and a proposal is taken when there is one. */
export function live(rows: FollowedRows, { task, blockRows }: FollowedStream, windowRows: number): Lived {
  const standing = rows.outputs.map(() => 1 / rows.outputs.length);
  let state = beginFollowing({ base: '1', task, standing, blockRows }, null);
  let serving: readonly number[] = Array.from(standingShares(state.panel));
  let stoppedAtRow: number | null = null;
  const served: (readonly number[])[] = [];
  const count = rows.labels.length;
  let halfway = 0;
  for (let from = 0; from < count; from += windowRows) {
    const to = Math.min(count, from + windowRows);
    served.push(serving);
    state = follow(state, slice(rows, from, to), serving);
    const proposal = proposeShares(state, { champion: '1', served: serving }, alpha);
    if (proposal?.isStopped === true) stoppedAtRow ??= to;
    serving = proposal?.shares.flat() ?? serving;
    if (to <= count / 2) halfway = lostMore(state);
  }
  const excess = lostMore(state);
  return {
    excess: excess / count,
    lateExcess: (excess - halfway) / (count / 2),
    served,
    stoppedAtRow,
    trustInStanding: state.trust.shares[0]!,
  };
}

function slice({ labels, outputs }: FollowedRows, from: number, to: number): FollowedRows {
  const part = (all: ArrayLike<number>): readonly number[] => Array.prototype.slice.call(all, from, to) as number[];
  return { labels: part(labels), outputs: outputs.map(({ width, values }) => ({ width, values: part(values) })) };
}

function lostMore({ evidence }: FollowState): number {
  return evidence.followedLoss - evidence.standingLoss;
}
