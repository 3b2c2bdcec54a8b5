import { describe, expect, it } from 'vitest';
import { describeAge, formatHistory, formatStatus } from '../../../client/cli/format.ts';
import type { LifecycleStatus } from '../../../workflows/messages.ts';

const status: LifecycleStatus = {
  model: 'prices',
  stage: { name: 'serving' },
  aliases: { champion: '3', previous: '2', challenger: '4' },
  paused: null,
  pending: [],
  waitingFor: null,
  attention: null,
  turnedDown: null,
  quarantined: [],
  clock: { rows: 12_345, labels: 678, eventMs: null },
  totals: { trainings: 3, promotions: 2, rollbacks: 1, followed: 0 },
  newest: { id: '0003/gate', kind: 'gate: fail', atMs: 1_000, summary: 'challenger is worse' },
};

describe('describeAge', () => {
  it.each([
    [0, '0 s ago'],
    [59_999, '59 s ago'],
    [60_000, '1 min ago'],
    [3_600_000, '1 h ago'],
    [47 * 3_600_000, '47 h ago'],
    [48 * 3_600_000, '2 days ago'],
    [-5_000, '0 s ago'],
  ])('tells %i ms as %s', (age, words) => {
    expect(describeAge(1_000_000, 1_000_000 + age)).toBe(words);
  });
});

describe('formatStatus', () => {
  it('leaves out what there is nothing to say of', () => {
    expect(formatStatus(status, 61_000).split('\n')).toEqual([
      'model        prices',
      'stage        serving',
      'champion     3',
      'previous     2',
      'seen         12,345 predictions, 678 labels',
      'so far       3 retrainings, 2 promotions, 1 rollbacks, followed the labels 0 times',
      'newest       gate: fail, 1 min ago: challenger is worse',
    ]);
  });

  it('says why nothing happens, and what wants a person', () => {
    const text = formatStatus(
      {
        ...status,
        paused: { by: 'ada', reason: 'holiday', atMs: 0 },
        pending: [{ kind: 'performance-drift', reason: 'the loss rose', atMs: 0 }],
        waitingFor: 'paused by ada: holiday',
        attention: 'look at the data',
        turnedDown: { version: '4', decisionId: '0003', reason: 'challenger is worse' },
      },
      0,
    );
    expect(text).toContain('turned down  4 (challenger is worse)');
    expect(text).toContain('paused       by ada: holiday');
    expect(text).toContain('attention    look at the data');
    expect(text).toContain('signals      performance-drift: the loss rose');
    expect(text).toContain('waiting      paused by ada: holiday');
  });
});

describe('formatHistory', () => {
  it('has a line per decision with its time', () => {
    expect(formatHistory([{ id: '0001/gate', kind: 'gate: pass', atMs: 0, summary: 'better' }])).toBe(
      '1970-01-01T00:00:00Z  gate: pass               better',
    );
  });

  it('says where the report of a decision lies', () => {
    const report = '.incumbent/reports/m/0001/index.html';
    const text = formatHistory([{ id: '0001/gate', kind: 'gate: pass', atMs: 0, summary: 'better', report }]);
    expect(text.split('\n')[1]).toBe(`    report: ${report}`);
  });

  it('says so when there is none', () => {
    expect(formatHistory([])).toBe('no decision has been taken yet');
  });
});
