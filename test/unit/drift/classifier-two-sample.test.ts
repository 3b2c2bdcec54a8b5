import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeSeparation } from '../../../domain/drift/classifier-two-sample.ts';

describe('judgeSeparation', () => {
  it('fails where a classifier tells the windows apart', () => {
    const check = judgeSeparation({ auc: 0.58, referenceRows: 1_000, currentRows: 1_000 });
    expect(check).toMatchObject({ name: 'classifier-two-sample', outcome: 'fail', rowsSeen: 1_000 });
    expect(check.statistic).toBeCloseTo(6.2, 1);
    expect(check.reason).toMatch(/^the windows can be told apart by all features together: AUC 0\.580, p /);
  });

  it('passes what is significant but too little to matter, and what is large but not significant', () => {
    expect(judgeSeparation({ auc: 0.54, referenceRows: 10_000, currentRows: 10_000 }).outcome).toBe('pass');
    expect(judgeSeparation({ auc: 0.57, referenceRows: 150, currentRows: 150 }).outcome).toBe('pass');
  });

  it('says how many rows show the least AUC that matters', () => {
    const { rowsNeeded, smallestVisibleEffect } = judgeSeparation({ auc: 0.5, referenceRows: 670, currentRows: 670 });
    expect(rowsNeeded).toBe(670);
    expect(smallestVisibleEffect).toBeCloseTo(0.05, 3);
  });

  it.each([
    ['no AUC', { auc: null, referenceRows: 1_000, currentRows: 1_000 }],
    ['an AUC of NaN', { auc: Number.NaN, referenceRows: 1_000, currentRows: 1_000 }],
    ['a short window', { auc: 0.9, referenceRows: 1_000, currentRows: 99 }],
  ])('is inconclusive for %s', (_, separation) => expect(judgeSeparation(separation).outcome).toBe('inconclusive'));

  it('never answers NaN', () => {
    const rows = fc.nat(1e7);
    fc.assert(
      fc.property(fc.double(), rows, rows, (auc, referenceRows, currentRows) => {
        expect(JSON.stringify(judgeSeparation({ auc, referenceRows, currentRows }))).not.toMatch(/NaN|null/);
      }),
    );
  });
});
