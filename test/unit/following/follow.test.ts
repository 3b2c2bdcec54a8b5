import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logHarmEValue } from '../../../domain/following/evidence.ts';
import { standingShares, type FollowedRows } from '../../../domain/following/experts.ts';
import { beginFollowing, follow, followedShares, type FollowState } from '../../../domain/following/follow.ts';
import { lend } from '../../../domain/following/lend.ts';
import { proposeShares, standStill } from '../../../domain/following/proposal.ts';
import type { Task } from '../../../domain/task.ts';
import { drawRows, inWindows } from './streams.ts';

const champion = { base: '7', task: 'binary', standing: [0.6, 0.4], blockRows: 24 } as const;

/** Every window is served with the shares of the one before. */
function live(state: FollowState, rows: FollowedRows): FollowState {
  return inWindows(rows, 300).reduce((now, window) => follow(now, window, followedShares(now)), state);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const lossesOf = ({ evidence }: FollowState) =>
  [evidence.followedLoss, evidence.standingLoss].map((loss) => loss / evidence.rows);

describe('a champion that follows its labels', () => {
  it('moves its answers to where the world has gone', () => {
    const [followed, standing] = lossesOf(live(beginFollowing(champion, null), drawRows(6_000, [0, 0.2], 1, 1.2)));
    expect(followed!).toBeLessThan(standing! - 0.1);
  });

  it('finds the better network, and comes back to the other one', () => {
    const before = live(beginFollowing(champion, null), drawRows(3_000, [1.5, 0], 2));
    const shareOfSecond = (state: FollowState): number => sum(followedShares(state).slice(5));
    expect(shareOfSecond(before)).toBeGreaterThan(0.6);
    expect(shareOfSecond(live(before, drawRows(3_000, [0, 1.5], 3)))).toBeLessThan(0.4);
  });

  it('hardly loses anything where there is nothing to follow', () => {
    const [followed, standing] = lossesOf(live(beginFollowing(champion, null), drawRows(12_000, [0, 0], 4)));
    expect(followed!).toBeLessThan(standing! + 0.002);
  });

  it('hands on to the next champion how far following is to be trusted, and nothing else', () => {
    const moved = live(beginFollowing(champion, null), drawRows(6_000, [0, 0], 5, 1.2));
    const next = beginFollowing({ ...champion, base: '9' }, moved);
    expect(next.trust.shares).toEqual(moved.trust.shares);
    expect(next.trust.shares[0]).toBeLessThan(0.1);
    expect({ ...next, trust: null }).toEqual({ ...beginFollowing({ ...champion, base: '9' }, null), trust: null });
  });

  it('moves no answer further than the outermost move, whatever the labels say', () => {
    const wrong = drawRows(5_000, [0, 0], 6, -8);
    const state = live(beginFollowing(champion, null), wrong);
    const shares = followedShares(state);
    const p = 0.7;
    const answer = state.panel.shifts
      .flatMap((shift) => [shift])
      .reduce((total, shift, at) => {
        const share = shares[at]! + shares[at + 5]!;
        return total + (share * p * Math.exp(shift)) / (p * Math.exp(shift) + 1 - p);
      }, 0);
    const furthest = (p * Math.exp(-2)) / (p * Math.exp(-2) + 1 - p);
    expect(answer).toBeGreaterThanOrEqual(furthest);
    expect(answer).toBeLessThan(furthest + 0.15);
  });

  it('has finite shares that sum to 1, whatever is answered and labelled', () => {
    const tasks: readonly Task[] = ['binary', 'multiclass', 'regression'];
    fc.assert(
      fc.property(fc.constantFrom(...tasks), fc.integer({ min: 1, max: 400 }), fc.nat(), (task, count, seed) => {
        const width = task === 'multiclass' ? 3 : 1;
        const extremes = task === 'regression' ? [0, 1e30, -1e30, 3] : [0, 1, 0.5, 1e-300];
        const at = (row: number, way: number): number => extremes[(row * way + seed) % extremes.length]!;
        const rows = {
          labels: Array.from({ length: count }, (_, row) => (task === 'regression' ? at(row, 3) : (row + seed) % 2)),
          outputs: [1, 2].map((way) => ({
            width,
            values: Array.from({ length: count * width }, (_, row) => at(row, way)),
          })),
        };
        const before = beginFollowing({ ...champion, task }, null);
        const state = follow(before, rows, standingShares(before.panel));
        const shares = followedShares(state);
        expect(shares.every((share) => share >= 0 && share <= 1 + 1e-9)).toBe(true);
        expect(sum(shares)).toBeCloseTo(1, 6);
        expect(Number.isFinite(logHarmEValue(state.evidence))).toBe(true);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  it('serves shares and answers within their range whatever networks and labels bring, also what is no number', () => {
    const awkward = fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, 0.5, 1e-320, 1e308, -1e308);
    const row = fc.record({ label: awkward, outputs: fc.array(awkward, { minLength: 6, maxLength: 6 }) });
    const tasks = fc.constantFrom<Task>('binary', 'multiclass', 'regression');
    fc.assert(
      fc.property(
        tasks,
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (task, drawn, times) => {
          const width = task === 'multiclass' ? 3 : 1;
          const many = Array.from({ length: 30 * times }, (_, at) => drawn[at % drawn.length]!);
          const bad: FollowedRows = {
            labels: many.map(({ label }) => label),
            outputs: [0, 3].map((from) => ({
              width,
              values: many.flatMap(({ outputs }) => outputs.slice(from, from + width)),
            })),
          };
          let state = beginFollowing({ ...champion, task }, null);
          let served: readonly number[] = Array.from(standingShares(state.panel));
          for (const window of [...inWindows(bad, 100), ...(task === 'binary' ? [drawRows(300, [0, 0.5], 3)] : [])]) {
            state = follow(state, window, served);
            const proposal = proposeShares(state, { champion: '7', served }, 0.05);
            served = proposal?.shares.flat() ?? served;
            expect(proposal === null || (proposal.moved >= 0 && proposal.moved <= 1 + 1e-9)).toBe(true);
          }
          expect(served.every((share) => share >= 0 && share <= 1 + 1e-9)).toBe(true);
          expect(sum(served)).toBeCloseTo(1, 6);
          expect(state.deviation === null || (state.deviation > 0 && state.deviation < Infinity)).toBe(true);
          // Nothing of it is lost where it is kept as JSON, as NaN and infinities would be.
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        },
      ),
    );
  });

  it('learns nothing from no rows', () => {
    const state = beginFollowing(champion, null);
    expect(follow(state, { labels: [], outputs: [] }, [])).toBe(state);
  });

  it('moves the values of a regression by its own errors', () => {
    const rows = {
      labels: Array.from({ length: 2_000 }, (_, row) => 100 + Math.sin(row)),
      outputs: [0, 0].map(() => ({ width: 1, values: Array.from({ length: 2_000 }, (_, row) => 90 + Math.cos(row)) })),
    };
    const state = live(beginFollowing({ ...champion, task: 'regression' }, null), rows);
    expect(state.deviation).toBeCloseTo(10, 0);
    const shares = followedShares(state);
    const move = state.panel.shifts.reduce((total, shift, at) => total + shift * (shares[at]! + shares[at + 5]!), 0);
    expect(90 + move * state.deviation!).toBeGreaterThan(97);
  });
});

describe('networks that are lent', () => {
  const lender = { version: '8', shares: [1] };

  it('begin with a tenth, and win the rest where they are better', () => {
    const begun = lend(beginFollowing(champion, null), lender);
    const shareOfLent = (state: FollowState): number => sum(followedShares(state).slice(10));
    // Standing still has half of the trust, and no lent network.
    expect(shareOfLent(begun)).toBeCloseTo(0.05, 9);
    // The others know as much when they are moved by −2.
    expect(shareOfLent(live(begun, drawRows(5_000, [2, 2, 0], 7)))).toBeGreaterThan(0.3);
  });

  it('leave the others in their proportions, when they come and when they go', () => {
    const before = live(beginFollowing(champion, null), drawRows(2_000, [0, 1], 8));
    const joined = lend(before, lender);
    for (const [at, track] of joined.tracks.entries()) {
      const own = track.shares.slice(0, 10);
      expect(sum(own)).toBeCloseTo(0.9, 9);
      expect(own.map((share) => share / 0.9)).toEqual(
        before.tracks[at]!.shares.map((share) => expect.closeTo(share, 9) as number),
      );
      expect(sum(track.shares)).toBeCloseTo(1, 9);
    }
    const gone = lend(joined, null);
    expect(gone.panel).toEqual(before.panel);
    for (const [at, track] of gone.tracks.entries()) {
      expect(track.shares).toEqual(before.tracks[at]!.shares.map((share) => expect.closeTo(share, 9) as number));
    }
  });

  it('change nothing where they are the same as before', () => {
    const state = lend(beginFollowing(champion, null), lender);
    expect(lend(state, lender)).toBe(state);
  });
});

describe('what is proposed', () => {
  const begun = beginFollowing(champion, null);
  const serving = { champion: '7', served: standingShares(begun.panel) };

  it('is nothing before there are labels, and where the shares hardly move', () => {
    expect(proposeShares(begun, serving, 0.05)).toBeNull();
    const state = live(begun, drawRows(600, [0, 0], 9));
    expect(proposeShares(state, { ...serving, served: followedShares(state) }, 0.05)).toBeNull();
  });

  it('names the shares by network and move, with what following came to', () => {
    const state = live(begun, drawRows(3_000, [0, 0.2], 10, 1.2));
    const proposal = proposeShares(state, serving, 0.05)!;
    expect(proposal).toMatchObject({
      champion: '7',
      base: '7',
      lent: null,
      shifts: [-2, -1, 0, 1, 2],
      isStopped: false,
    });
    expect(proposal.shares.map((shares) => shares.length)).toEqual([5, 5]);
    expect(sum(proposal.shares.flat())).toBeCloseTo(1, 9);
    expect(proposal.reason).toMatch(
      /^the labels move \d.* % of the shares: loss .* followed against .* over 3,000 labels$/,
    );
  });

  it('is to stand still when following is shown to be the worse of the two', () => {
    // Always one window behind a world that turns at the end of every window.
    const turning = Array.from({ length: 60 }, (_, at) => drawRows(300, [0, 0], 11 + at, at % 2 === 0 ? 2.5 : -2.5));
    const held = { ...begun, trust: { ...begun.trust, shares: [0, 1, 0, 0, 0] } };
    const state = turning.reduce((now, window) => follow(now, window, now.tracks[0]!.shares), held as FollowState);
    const proposal = proposeShares(state, { champion: '8', served: followedShares(state) }, 0.05)!;
    expect(proposal.isStopped).toBe(true);
    expect(proposal.shares.flat()).toEqual(Array.from(standingShares(begun.panel)));
    expect(proposal.reason).toMatch(/^following is worse than standing still \(e-value \d/);
    expect(proposal.evidence.harmEValue).toBeGreaterThan(20);
  });

  it('is to stand still where following was turned off', () => {
    expect(standStill(begun, serving)).toBeNull();
    const state = live(begun, drawRows(3_000, [0, 0.2], 12, 1.2));
    const proposal = standStill(state, { champion: '8', served: followedShares(state) })!;
    expect(proposal).toMatchObject({ isStopped: true, champion: '8' });
    expect(proposal.reason).toMatch(/^following was turned off, which moves/);
  });
});
