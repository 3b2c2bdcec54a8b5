import { describe, expect, it } from 'vitest';
import { neededVersions } from '../../../domain/lifecycle/removal.ts';
import type { RemovableVersion } from '../../../domain/retention/find-removable.ts';
import {
  finishProbation,
  finishRetraining,
  finishSwitch,
  gateResult,
  labels,
  onProbation,
  retraining,
  serving,
  tell,
  type Story,
  type Told,
} from '../../support/lifecycle.ts';
import { testPolicy } from '../../support/policy.ts';

const versions = { keep: 5, pinned: [] };
const ask = { by: 'ada', reason: 'because' };

const seen = (story: Story, ...removable: readonly (string | RemovableVersion)[]): Told => ({
  type: 'observed',
  clock: labels(story.state.clock.labels + 1),
  signals: [],
  following: null,
  removable: removable.map((one) => (typeof one === 'string' ? { version: one, followers: [] } : one)),
});

/** What the lifecycle has removed when it is told of these. */
function removes(story: Story, ...removable: readonly (string | RemovableVersion)[]): readonly string[] | null {
  const { commands } = tell({ ...story, commands: [] }, seen(story, ...removable));
  const command = commands.find(({ type }) => type === 'removeVersions');
  return command?.type === 'removeVersions' ? command.versions : null;
}

const needs = ({ state }: Story): Readonly<Record<string, string>> =>
  Object.fromEntries(neededVersions(state).map(({ version, why }) => [version, why]));

describe('versions whose files the policy lets go', () => {
  it('are removed while the model serves, and while it is on probation', () => {
    expect(removes(serving({ versions }), '7', '8')).toEqual(['7', '8']);
    expect(removes(onProbation(), '7')).toEqual(['7']);
    expect(removes(serving({ versions }))).toBeNull();
  });

  it.each<[string, () => Story]>([
    ['while it is retrained', () => retraining(serving())],
    ['while a challenger awaits a person', () => awaiting()],
    ['while aliases move', () => finishRetraining(retraining(serving()))],
    ['while it is paused', () => tell(serving(), { type: 'pauseRequested', ...ask })],
  ])('are kept %s', (_, story) => {
    expect(removes(story(), '7')).toBeNull();
  });

  it('are kept where they are champion or previous, or where these are made of their networks', () => {
    const followed: RemovableVersion = { version: '7', followers: ['1', '9'] };
    expect(removes(serving(), '0', '1', followed, '8')).toEqual(['8']);
    expect(removes(serving(), followed)).toBeNull();
  });

  it('are kept where a rollback of the last promotion may go back to them', () => {
    const story = finishProbation(onProbation(serving({}, { champion: '1', previous: '0' })), 'confirmed');
    expect(removes(story, '0', '1', '7')).toEqual(['7']);
    expect(needs(story)['0']).toMatch(/rollback of the last promotion/);
  });

  it('are kept where an override may promote them', () => {
    const story = finishRetraining(retraining(serving()), gateResult({ outcome: 'fail', version: '7' }));
    expect(removes(story, '7', '8')).toEqual(['8']);
    expect(needs(story)['7']).toMatch(/override/);
  });

  it('are kept in quarantine, and what they are made of, until it is over', () => {
    const rolledBack = finishSwitch(finishProbation(onProbation(), 'rolled-back'));
    const base: RemovableVersion = { version: '8', followers: ['2'] };
    expect(removes(rolledBack, '2', base, '9')).toEqual(['9']);
    const { quarantine } = testPolicy.rollback;
    const left = 'labels' in quarantine ? quarantine.labels : 0;
    const over = tell(rolledBack, { ...seen(rolledBack), clock: labels(rolledBack.state.clock.labels + left) } as Told);
    expect(removes(over, '2', base)).toEqual(['2', '8']);
    // What was rolled back is remembered without its files.
    expect(over.state.quarantined).toMatchObject([{ version: '2', fingerprint: 'f2' }]);
  });

  it('tell why they stay while something is under way', () => {
    expect(needs(awaiting())['2']).toMatch(/awaits a person/);
    expect(needs(finishRetraining(retraining(serving())))).toMatchObject({
      2: 'the promotion that is under way names it',
    });
  });
});

describe('what became of them', () => {
  const asked = (story = serving({ versions })): Story => tell(story, seen(story, '7', '8'));
  const decisionId = 'electricity-0001';
  const unremoved = { versions: ['8'], reason: 'the disk is read-only' };

  it('goes into the history, once for all among the newest decisions', () => {
    const first = tell(asked(), { type: 'versionsRemoved', decisionId, removed: ['7', '8'], unremoved: null });
    expect(first.state.recent).toMatchObject([
      {
        id: 'electricity-0001/removed',
        kind: 'remove versions',
        summary:
          'removed the files of versions 7, 8: the newest 5 are kept, and what is named or needed; what is known of them stays',
      },
    ]);
    expect(first.commands.at(-1)).toMatchObject({
      type: 'record',
      record: { evidence: { versions: ['7', '8'], keep: 5 } },
    });
    const again = tell(asked(first), {
      type: 'versionsRemoved',
      decisionId: 'electricity-0002',
      removed: ['9'],
      unremoved: null,
    });
    expect(again.state.recent.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/^removed the files of version 9:/) as string,
    ]);
  });

  it('needs a person where they could not be removed, who is told once, and until they are', () => {
    const failed: Told = { type: 'versionsRemoved', decisionId, removed: ['7'], unremoved };
    const first = tell(asked(), failed);
    const text = 'the files of version 8 could not be removed: the disk is read-only';
    expect(first.state.attention).toBe(text);
    expect(first.state.recent.map(({ kind }) => kind)).toEqual(['remove versions', 'removing versions failed']);
    const second = tell(asked(first), { ...failed, removed: [], decisionId: 'electricity-0002' } as Told);
    expect(second.state.recent).toEqual(first.state.recent);
    const done = tell(asked(second), { type: 'versionsRemoved', decisionId, removed: ['8'], unremoved: null });
    expect(done.state).toMatchObject({ attention: null, unremoved: null });
  });

  it('hides nothing else that a person should look at', () => {
    const story = { ...asked(), state: { ...asked().state, attention: 'look at the data' } };
    const failed = tell(story, { type: 'versionsRemoved', decisionId, removed: [], unremoved });
    expect(failed.state).toMatchObject({ attention: 'look at the data', unremoved });
    const done = tell(failed, { type: 'versionsRemoved', decisionId, removed: ['8'], unremoved: null });
    expect(done.state.attention).toBe('look at the data');
  });
});

function awaiting(): Story {
  const approval = { ...testPolicy.approval, mode: 'person' } as const;
  return finishRetraining(retraining(serving({ approval })));
}
