import { describe, expect, it } from 'vitest';
import { planComparisons } from '../../../activities/plan-comparisons.ts';
import type { Policy } from '../../../domain/project.ts';
import { defaultSearchPolicy } from '../../../domain/search/policy.ts';
import { candidate } from '../../support/activities.ts';
import { testPolicy } from '../../support/policy.ts';

const splitOf = (rows: number) => ({
  schema: { features: [{ name: 'x', type: 'numeric' as const }], label: 'y', classes: ['0', '1'] },
  split: {
    train: { from: 0, to: rows },
    validation: { from: rows, to: rows + 100 },
    holdout: { from: rows + 100, to: rows + 200 },
  },
});
const network = (id: string, more: object = {}) => ({
  ...candidate(id),
  hiddenUnits: [512, 256],
  maxEpochs: 30,
  ...more,
});
const two = [network('a'), network('b')];
const policyWith = (earlyDecisions: 'off' | 'auto' | 'on'): Policy => ({
  ...testPolicy,
  search: { ...defaultSearchPolicy, earlyDecisions },
});
const rungs = [{ epochs: 3, keep: 1 }];

describe('when candidates are compared on the way', () => {
  it.each([
    ['always where the policy says so', 'on', 1_000, two, rungs],
    ['never where it says so', 'off', 1_000_000, two, []],
    ['where training takes long', 'auto', 1_000_000, two, rungs],
    ['not where it is short', 'auto', 1_000, two, []],
    [
      'where nobody can tell how long networks of one’s own take',
      'auto',
      100_000,
      two.map((one) => ({ ...one, buildModule: '/b.ts' })),
      rungs,
    ],
    [
      'not where the long ones see recent rows only',
      'auto',
      1_000_000,
      two.map((one) => ({ ...one, window: 'recent' as const, hiddenUnits: [8] })),
      [],
    ],
    ['not where one is alone', 'on', 1_000_000, two.slice(1), []],
    ['not for a new calibrator', 'on', 1_000_000, [{ id: 'recalibrated', recalibrates: '1' }], []],
  ] as const)('%s', (_when, mode, rows, candidates, expected) => {
    expect(planComparisons(policyWith(mode), candidates, splitOf(rows))).toEqual(expected);
  });
});
