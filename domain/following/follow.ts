import {
  createPanel,
  deviationOf,
  fillMarks,
  lossOfMark,
  lossOfMixture,
  priorShares,
  standingShares,
  type ExpertPanel,
  type FollowedRows,
} from './experts.ts';
import { gatherEvidence, noEvidence, type FollowEvidence } from './evidence.ts';
import { beginTrack, createTracker, type Track, type TrackRule } from './track.ts';

/** An observation per so many rows: quick worlds are followed best by the first, slow ones by the last; labels say which it is. */
const paces: readonly number[] = [8, 32, 128, 512];
const switchingOfExperts = 0.01;
/** Half for standing still, the other half for the paces. */
const trustRule: TrackRule = { prior: [0.5, ...paces.map(() => 0.5 / paces.length)], switching: 0.001 };

/** What has been learned of a champion's labels so far. Plain JSON, a few hundred numbers whatever the number of rows. */
export interface FollowState {
  /** The version that passed the gate. */
  readonly base: string;
  /** The version whose networks are lent to it; null where none is. */
  readonly lent: string | null;
  readonly panel: ExpertPanel;
  /** One per pace. */
  readonly tracks: readonly Track[];
  /** How far standing still (the first) and each track are trusted. */
  readonly trust: Track;
  /** Unit of a value's errors; null before the first rows, and for classes. */
  readonly deviation: number | null;
  readonly evidence: FollowEvidence;
}

export interface FollowedChampion {
  readonly base: string;
  readonly task: ExpertPanel['task'];
  /** Shares of its networks. */
  readonly standing: readonly number[];
  /** Rows that depend on each other, as the gate found. */
  readonly blockRows: number;
}

/** A champion's first state. What was learned of following as such outlives a champion: `before` hands on its trust. */
export function beginFollowing({ base, task, standing, blockRows }: FollowedChampion, before: FollowState | null) {
  const panel = createPanel(task, standing, []);
  const prior = priorShares(panel);
  const trusted = before?.trust.shares ?? trustRule.prior;
  return {
    base,
    lent: null,
    panel,
    tracks: paces.map((rows) => beginTrack(rows, prior)),
    trust: beginTrack(Math.max(1, Math.round(blockRows)), trusted),
    deviation: null,
    evidence: noEvidence,
  } satisfies FollowState as FollowState;
}

/**
 * Takes in labelled rows in prediction order. All of them are judged with the shares as they stood before, because that is how they are
 * served, a window at a time: from this it is learned which pace to trust, and whether to stand still.
 *
 * @param served shares of the version that serves, by expert
 */
export function follow(state: FollowState, rows: FollowedRows, served: ArrayLike<number>): FollowState {
  const { panel, tracks } = state;
  if (rows.labels.length === 0) return state;
  const standing = standingShares(panel);
  const deviation = state.deviation ?? deviationOf(panel, rows);
  const rule = { prior: priorShares(panel), switching: switchingOfExperts };
  const trackers = tracks.map((track) => createTracker(track, rule));
  const trust = createTracker(state.trust, trustRule);
  const evidence = gatherEvidence(state.evidence, state.trust.rowsPerObservation);
  const marks = new Float64Array(standing.length);
  for (let row = 0; row < rows.labels.length; row += 1) {
    fillMarks(marks, panel, rows, row, deviation);
    const lost = (shares: ArrayLike<number>): number => lossOfMixture(panel.task, shares, marks);
    trust.observe([standing, ...tracks.map(({ shares }) => shares)].map(lost));
    evidence.observe(lost(standing), lost(served));
    const losses = marks.map((mark) => lossOfMark(panel.task, mark));
    for (const tracker of trackers) tracker.observe(losses);
  }
  return {
    ...state,
    tracks: trackers.map((tracker) => tracker.end()),
    trust: trust.end(),
    deviation: panel.task === 'regression' ? deviation : null,
    evidence: evidence.end(),
  };
}

/** The shares that the labels so far call for, by expert: those of standing still and of every track, as far as each is trusted. */
export function followedShares({ panel, tracks, trust: { shares: trust } }: FollowState): readonly number[] {
  const all = [Array.from(standingShares(panel)), ...tracks.map(({ shares }) => shares)];
  return all[0]!.map((_, expert) => all.reduce((sum, shares, index) => sum + trust[index]! * shares[expert]!, 0));
}
