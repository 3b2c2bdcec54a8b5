import { formatCount, formatNumber } from '../gate/wording.ts';
import { boundedExp } from '../probation/log-space.ts';
import { logHarmEValue } from './evidence.ts';
import { standingShares } from './experts.ts';
import { followedShares, type FollowState } from './follow.ts';

/** The candidate that is a champion with other shares. */
export const followedCandidateId = 'followed';

/** Tag of a version that follows the labels: the version that passed the gate, whose networks it is made of. */
export const followOfTag = 'followOf';

/** The shares that a champion should serve with from now on. Plain JSON. */
export interface FollowProposal {
  /** The version that serves. */
  readonly champion: string;
  /** The version that passed the gate: the followed one is made of its networks. */
  readonly base: string;
  /** The version whose networks take part, after the base's; null where none does. */
  readonly lent: string | null;
  /** By network and move; they sum to 1. */
  readonly shares: readonly (readonly number[])[];
  /** The moves, in log-odds, or in `deviation`. */
  readonly shifts: readonly number[];
  /** In the label's unit; null for classes. */
  readonly deviation: number | null;
  /** Share of the answer that changes hands against what serves now. */
  readonly moved: number;
  /** Following was shown to do harm: these are the shares that passed the gate. */
  readonly isStopped: boolean;
  /** One sentence with the figures. */
  readonly reason: string;
  readonly evidence: {
    readonly rows: number;
    /** Means in nats. */
    readonly standingLoss: number;
    readonly followedLoss: number;
    /** Against "following is no worse". */
    readonly harmEValue: number;
    readonly trustInStanding: number;
  };
}

/** Smaller moves are not worth a version. */
const leastMove = 0.05;

interface Serving {
  /** The version that serves, and its shares by expert. */
  readonly champion: string;
  readonly served: ArrayLike<number>;
}

/**
 * What the labels call for, or null where what serves is near enough to it. Each step needs no test, because the rule itself can't lose
 * much; the rule as a whole is tested: where following is shown to be worse than standing still, at level α whenever one looks,
 * the champion stands as it passed the gate until the next one is promoted.
 */
export function proposeShares(state: FollowState, serving: Serving, alpha: number): FollowProposal | null {
  const { evidence } = state;
  if (evidence.rows === 0) return null;
  if (logHarmEValue(evidence) < Math.log(1 / alpha)) {
    return propose(state, serving, followedShares(state), { isStopped: false, lead: 'the labels move' });
  }
  const lead = `following is worse than standing still (e-value ${formatNumber(figuresOf(state).harmEValue)}), which moves`;
  return propose(state, serving, Array.from(standingShares(state.panel)), { isStopped: true, lead });
}

/** Back to the shares that passed the gate, because following was turned off; null where they serve. */
export function standStill(state: FollowState, serving: Serving): FollowProposal | null {
  const standing = Array.from(standingShares(state.panel));
  return propose(state, serving, standing, { isStopped: true, lead: 'following was turned off, which moves' });
}

function propose(
  state: FollowState,
  { champion, served }: Serving,
  wanted: readonly number[],
  { isStopped, lead }: { readonly isStopped: boolean; readonly lead: string },
): FollowProposal | null {
  const { base, lent, panel, deviation } = state;
  const moved = wanted.reduce((sum, share, expert) => sum + Math.abs(share - (served[expert] ?? 0)) / 2, 0);
  if (moved < leastMove) return null;
  const width = panel.shifts.length;
  const evidence = figuresOf(state);
  const { rows, followedLoss, standingLoss } = evidence;
  const losses = `loss ${formatNumber(followedLoss)} followed against ${formatNumber(standingLoss)} standing over ${formatCount(rows)} labels`;
  return {
    champion,
    base,
    lent,
    shares: panel.standing.map((_, network) => wanted.slice(network * width, (network + 1) * width)),
    shifts: panel.shifts,
    deviation,
    moved,
    isStopped,
    reason: `${lead} ${formatNumber(moved * 100)} % of the shares: ${losses}`,
    evidence,
  };
}

function figuresOf({ evidence, trust }: FollowState): FollowProposal['evidence'] {
  const { rows, standingLoss, followedLoss } = evidence;
  return {
    rows,
    standingLoss: rows === 0 ? 0 : standingLoss / rows,
    followedLoss: rows === 0 ? 0 : followedLoss / rows,
    harmEValue: boundedExp(logHarmEValue(evidence)),
    trustInStanding: trust.shares[0]!,
  };
}
