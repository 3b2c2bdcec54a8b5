import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openReports } from '../../../adapters/report/file-reports.ts';
import { boundObservations, mostObservations, type MonitorObservation } from '../../../domain/dashboard/observation.ts';
import { requestsOf } from '../../../domain/dashboard/requests.ts';
import { standingOf } from '../../../domain/lifecycle/standing.ts';
import { initialState, type LifecycleState } from '../../../domain/lifecycle/state.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { testPolicy } from '../../support/policy.ts';

function look(rows: number, changes: Partial<MonitorObservation> = {}): MonitorObservation {
  const losses = { count: 10, mean: rows / 1_000 };
  return { atMs: rows, rows, labels: rows, champion: '1', losses, promised: 0.2, drift: [], ...changes };
}

describe('observations', () => {
  it('are bounded, and lose neither outcomes nor the newest looks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 8, max: 100 }), (count, most) => {
        let kept: readonly MonitorObservation[] = [];
        for (let rows = 1; rows <= count; rows += 1) kept = boundObservations([...kept, look(rows)], most);
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(kept.at(-1)).toEqual(look(count));
        expect(kept.reduce((sum, { losses }) => sum + (losses?.count ?? 0), 0)).toBe(10 * count);
        const mean = kept.reduce((sum, { losses }) => sum + losses!.count * losses!.mean, 0) / (10 * count);
        expect(mean).toBeCloseTo((count + 1) / 2_000, 9);
      }),
      { numRuns: 30 },
    );
  });

  it('of two champions are not merged', () => {
    const looks = [
      look(1),
      look(2, { champion: '2' }),
      look(3, { champion: '2' }),
      look(4, { champion: '2' }),
      look(5),
    ];
    expect(boundObservations(looks, 4).map(({ champion }) => champion)).toEqual(['1', '2', '2', '2', '1']);
  });

  it('keep the drift of the newer look, and of the older where the newer judged none', () => {
    const drift = [{ feature: 'x', size: 0.3, outcome: 'fail' as const }];
    const [first] = boundObservations([look(1, { drift, losses: null }), look(2), look(3), look(4)], 3);
    expect(first).toMatchObject({ rows: 2, drift, losses: { count: 10, mean: 0.002 } });
  });

  it('are noted once where a look is repeated, and read past a line that a crash cut off', async () => {
    const directory = await temporaryFolder();
    const reports = openReports({ directory, temporalUi: null });
    expect(await reports.readObservations('prices')).toEqual([]);
    await reports.noteObservation('prices', look(1));
    await reports.noteObservation('prices', { ...look(1), atMs: 99 });
    await appendFile(join(directory, 'prices', 'observations.ndjson'), '{"rows": 2, "la');
    await reports.noteObservation('prices', look(3));
    expect((await reports.readObservations('prices')).map(({ rows }) => rows)).toEqual([1, 3]);
    for (let rows = 4; rows < mostObservations + 10; rows += 1) await reports.noteObservation('prices', look(rows));
    const kept = await reports.readObservations('prices');
    expect(kept.length).toBeLessThanOrEqual(mostObservations);
    expect(kept.at(-1)).toEqual(look(mostObservations + 9));
    await expect(reports.noteObservation('../x', look(1))).rejects.toThrow('"../x" is no model name');
  });
});

const state: LifecycleState = {
  ...initialState('prices', testPolicy),
  aliases: { champion: '2', previous: '1', challenger: null },
  stage: { name: 'serving' },
};
const asked = (changes: Partial<LifecycleState>) =>
  requestsOf('prices', standingOf({ ...state, ...changes }, 1)).map(({ title, commands }) => [
    title,
    ...commands.map(({ command }) => command),
  ]);

describe('what awaits a person', () => {
  it('is nothing while all is well', () => {
    expect(asked({})).toEqual([]);
  });

  it('comes with the commands that answer it', () => {
    const waiting = {
      name: 'awaiting-approval',
      decisionId: 'd',
      version: '3',
      reason: 'better',
      deadlineMs: 9,
    } as const;
    const answers = ['incumbent approve prices --reason "why"', 'incumbent reject prices --reason "why"'];
    expect(asked({ stage: { ...waiting, subject: 'challenger' } })).toEqual([['Promote version 3?', ...answers]]);
    expect(asked({ stage: { ...waiting, subject: 'probation' } })).toEqual([['Keep version 3?', ...answers]]);
    const paused = { by: 'policy', reason: '3 rollbacks in a period', atMs: 1 };
    expect(asked({ paused, attention: paused.reason })).toEqual([
      ['Paused by policy', 'incumbent resume prices --reason "why"'],
    ]);
    expect(asked({ attention: 'the label feed is silent' })).toEqual([
      ['Needs a look', 'incumbent retrain prices --reason "why"'],
    ]);
  });

  it('is the choice of a first champion where none passed the gate', () => {
    const turnedDown = { version: '1', decisionId: 'd', reason: 'too few rows' };
    const aliases = { champion: null, previous: null, challenger: null };
    expect(asked({ aliases, turnedDown, attention: 'there is no champion yet: too few rows' })).toEqual([
      ['Needs a look', 'incumbent approve prices --reason "why" --override', 'incumbent retrain prices --reason "why"'],
    ]);
  });
});

describe('where a model stands', () => {
  it('is what the newest entry said, in whatever order entries are written', async () => {
    const reports = openReports({ directory: await temporaryFolder(), temporalUi: null });
    expect(await reports.readStanding('prices')).toBeNull();
    await reports.noteStanding('prices', standingOf(state, 5));
    await reports.noteStanding('prices', standingOf({ ...state, stage: { name: 'starting' } }, 4));
    expect(await reports.readStanding('prices')).toMatchObject({ atMs: 5, stage: 'serving', quarantined: [] });
  });
});
