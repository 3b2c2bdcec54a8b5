import { describe, expect, it } from 'vitest';
import type { GateEvidence } from '../../../domain/gate/evidence.ts';
import { judgeGate } from '../../../domain/gate/judge.ts';
import { binaryEvidence, policy, regressionEvidence } from './cases.ts';

const evidence = binaryEvidence({ both: 300, onlyChallenger: 60, onlyChampion: 10, neither: 30 });
const withValue = (at: number, value: number) => ({
  width: 1,
  values: Array.from(evidence.challenger.values).with(at, value),
});

const flawed: [string, Partial<GateEvidence>, 'fail' | 'inconclusive', RegExp][] = [
  ['an empty holdout', { labels: [] }, 'inconclusive', /holdout is empty/],
  [
    'one class only',
    { labels: Array.from(evidence.labels, () => 1) },
    'inconclusive',
    /all 400 holdout rows have the class 1/,
  ],
  [
    'a label that is missing',
    { labels: Array.from(evidence.labels).with(3, NaN) },
    'inconclusive',
    /label of holdout row 3 is NaN/,
  ],
  [
    'a label that is no class',
    { labels: Array.from(evidence.labels).with(3, 2) },
    'inconclusive',
    /row 3 is 2, not one of the 2/,
  ],
  [
    'a challenger that predicts NaN',
    { challenger: withValue(7, NaN) },
    'fail',
    /challenger predicts NaN for holdout row 7/,
  ],
  [
    'a challenger that predicts no probability',
    { challenger: withValue(7, 1.5) },
    'fail',
    /predicts 1.5 for holdout row 7/,
  ],
  ['a champion that predicts NaN', { champion: withValue(7, NaN) }, 'inconclusive', /champion predicts NaN/],
  ['too few predictions', { challenger: { width: 1, values: [0.5] } }, 'fail', /challenger has 1 predicted numbers/],
  [
    'the wrong width',
    { champion: { width: 2, values: [] } },
    'inconclusive',
    /champion has 0 predicted numbers of width 2/,
  ],
  ['blocks for other rows', { blockOf: [1, 2] }, 'inconclusive', /blockOf has 2 entries for 400/],
  ['a delay of no rows', { lastKnownDelayRows: 0 }, 'inconclusive', /lastKnownDelayRows is 0/],
];

describe('evidence that can’t be judged', () => {
  it.each(flawed)('with %s never passes and says why', (_, overrides, outcome, reason) => {
    expect(judgeGate({ ...evidence, ...overrides }, policy)).toMatchObject({
      outcome,
      reason: expect.stringMatching(reason),
    });
  });

  it('of a regression with one value only, or values too large to square, never passes', () => {
    const flat = regressionEvidence(300, 1, 1);
    expect(judgeGate({ ...flat, labels: new Array<number>(300).fill(5) }, policy)).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('have the value 5'),
    });
    const values = Array.from(flat.challenger.values).with(0, 1e200);
    expect(judgeGate({ ...flat, challenger: { width: 1, values } }, policy).outcome).toBe('fail');
  });
});
