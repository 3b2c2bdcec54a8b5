import fc from 'fast-check';
import type { Signal } from '../../../domain/lifecycle/signals.ts';
import { describe, expect, it } from 'vitest';
import type { Aliases } from '../../../domain/lifecycle/aliases.ts';
import { describeState } from '../../../domain/lifecycle/describe.ts';
import { whyNotRelease } from '../../../domain/lifecycle/operator.ts';
import type { Switch, SwitchStep } from '../../../domain/lifecycle/switch.ts';
import {
  advanceTo,
  begin,
  decisionOf,
  finishProbation,
  finishRetraining,
  finishSwitch,
  gateResult,
  observed,
  onProbation,
  performanceDrift,
  retraining,
  runWithDeaths,
  serving,
  tell,
  later,
  type Death,
  type Story,
} from '../../support/lifecycle.ts';
import { testPolicy } from '../../support/policy.ts';

describe('a report', () => {
  it('is named beside its decision, for operators and in the Web UI, and changes nothing else', () => {
    const story = finishRetraining(retraining(serving()));
    const path = 'reports/electricity/electricity-0001/index.html';
    const told = tell(story, { type: 'reported', id: 'electricity-0001/gate', path });
    const changed = told.state.recent.filter(({ report }) => report !== undefined);
    expect(changed).toMatchObject([{ kind: 'gate: pass', report: path }]);
    expect({ ...told.state, recent: [] }).toEqual({ ...story.state, recent: [] });
    expect(told.commands).toEqual(story.commands);
    expect(describeState(told.state, 0)).toContain(`report: \`${path}\``);
    expect(tell(story, { type: 'reported', id: 'unknown', path }).state).toEqual(story.state);
  });
});

describe('promotion', () => {
  it('puts the first champion straight into service: there is nobody to watch it against', () => {
    const empty: Aliases = { champion: null, previous: null, challenger: null };
    const asked = tell(begin(), { type: 'started', aliases: empty });
    const triage = { action: 'retrain', reason: 'no champion' } as const;
    const running = tell(asked, { type: 'triaged', decisionId: decisionOf(asked), triage });
    const story = finishSwitch(finishRetraining(running, gateResult({ version: '1' })));
    expect(story.state.stage.name).toBe('serving');
    expect(story.state.aliases).toEqual({ champion: '1', previous: null, challenger: null });
  });

  it('starts probation when the challenger serves', () => {
    const story = onProbation();
    expect(story.state.aliases).toEqual({ champion: '2', previous: '1', challenger: null });
    expect(story.commands.at(-1)).toMatchObject({ type: 'startProbation', plan: { after: { champion: '2' } } });
  });

  it('is undone, from whichever step failed', () => {
    const story = finishRetraining(retraining(serving()));
    for (const step of ['verify-staged', 'set-champion', 'verify-serving'] as const) {
      const at = advanceTo(story, step);
      const failed = tell(at, { type: 'stepFailed', decisionId: decisionOf(at), step, reason: 'no replica answers' });
      expect(failed.state.stage).toMatchObject({ name: 'switching', plan: { kind: 'undo' } });
      const undone = finishSwitch(failed);
      expect(undone.state.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
      expect(undone.state.attention).toMatch(/no replica answers/);
    }
  });
});

describe('probation', () => {
  it('confirms', () => {
    const story = finishProbation(onProbation(), 'confirmed');
    expect(story.state.stage.name).toBe('serving');
    expect(story.state.aliases.champion).toBe('2');
  });

  it('rolls back to the predecessor and to what stood behind it', () => {
    const story = finishSwitch(finishProbation(onProbation(), 'rolled-back'));
    expect(story.state.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
    expect(story.state.totals).toMatchObject({ promotions: 1, rollbacks: 1 });
  });

  it('asks a person when it found too little, and never takes silence for success', () => {
    const asked = finishProbation(onProbation(), 'inconclusive');
    expect(asked.state.stage).toMatchObject({ name: 'awaiting-approval', subject: 'probation' });
    const silent = later(asked, testPolicy.approval.timeoutMs);
    expect(silent.state.attention).toMatch(/never confirmed/);
    const kept = tell(asked, { type: 'approved', by: 'ada', reason: 'fine', override: false });
    expect(kept.state.stage.name).toBe('serving');
    const rejected = tell(asked, { type: 'rejected', by: 'ada', reason: 'no' });
    expect(rejected.state.stage).toMatchObject({ name: 'switching', plan: { kind: 'rollback' } });
  });

  it('gives a reason to look at the model when the world has changed for both', () => {
    const sentence = 'the world has changed: error .31 where its holdout promised at most .21';
    const confirmed = finishProbation(onProbation(), 'confirmed', sentence);
    expect(confirmed.state.stage.name).toBe('serving');
    expect(confirmed.state.pending).toMatchObject([
      { kind: 'performance-drift', reason: sentence, sources: ['probation'] },
    ]);
    const rested = later(tell(confirmed, observed(30_000)), testPolicy.retrain.debounceMs);
    expect(rested.state.stage).toMatchObject({ name: 'triaging', signals: [{ reason: sentence }] });
    const doubtful = finishProbation(onProbation(), 'inconclusive', sentence);
    expect(doubtful.state.pending).toMatchObject([{ reason: sentence }]);
    expect(finishProbation(onProbation(), 'confirmed').state.pending).toEqual([]);
  });

  it('forgets what was seen of the champion that was replaced', () => {
    const promoting = finishRetraining(tell(retraining(serving()), observed(20_100, performanceDrift)));
    expect(promoting.state.pending).toEqual([performanceDrift]);
    expect(finishSwitch(promoting).state.pending).toEqual([]);
  });

  const scheduled: Signal = { kind: 'schedule', reason: 'a retraining pays', atMs: 0 };

  it.each([
    ['the world has changed', performanceDrift],
    ['a retraining pays', scheduled],
  ])('is asked to end when %s and nothing else holds a retraining back', (_why, signal) => {
    const soon = tell(onProbation(), observed(10_100, signal));
    expect(soon.commands.at(-1)).toMatchObject({ type: 'lookAgain', isWaitedFor: false });
    const late = tell(soon, observed(50_000));
    expect(late.commands.at(-1)).toMatchObject({ type: 'lookAgain', isWaitedFor: true });
    const confirmed = later(finishProbation(late, 'confirmed'), testPolicy.retrain.debounceMs);
    expect(confirmed.state.stage.name).toBe('triaging');
  });

  it('looks again whenever the monitor has observed', () => {
    const story = tell(onProbation(), observed(20_500, performanceDrift));
    expect(story.commands.at(-1)).toMatchObject({ type: 'lookAgain' });
    expect(story.state.pending).toEqual([performanceDrift]);
  });

  it('is cancelled when an operator rolls back', () => {
    const story = tell(onProbation(), { type: 'rollbackRequested', by: 'ada', reason: 'complaints' });
    expect(story.commands.map(({ type }) => type)).toContain('cancelProbation');
    expect(finishSwitch(story).state.aliases.champion).toBe('1');
  });
});

describe('after a rollback', () => {
  const rolledBack = finishSwitch(finishProbation(onProbation(), 'rolled-back'));

  it('backs off: the cooldown grows', () => {
    const signalled = later(tell(rolledBack, observed(11_500, performanceDrift)), testPolicy.retrain.debounceMs);
    expect(signalled.state.stage.name).toBe('serving');
    expect(tell(signalled, observed(12_000)).state.stage.name).toBe('triaging');
  });

  it('refuses the same data and configurations', () => {
    const again = finishRetraining(retraining(rolledBack, 25_000), gateResult({ version: '3' }));
    expect(again.state.stage.name).toBe('serving');
    expect(again.state.turnedDown?.reason).toMatch(/gave version 2, which was rolled back before/);
  });

  it('has the gate refuse what does the same, until enough fresh labels have come', () => {
    const versionsAt = (count: number) => {
      const asked = retraining(rolledBack, count).commands.findLast(({ type }) => type === 'startRetrain');
      return asked?.type === 'startRetrain' ? asked.quarantined : null;
    };
    expect(rolledBack.state.quarantined).toMatchObject([
      { version: '2', fingerprint: 'f2', since: { labels: 10_000 }, reason: 'it was rolled-back' },
    ]);
    expect(versionsAt(29_999)).toEqual(['2']);
    expect(versionsAt(30_000)).toEqual([]);
    const over = finishRetraining(retraining(rolledBack, 30_000), gateResult({ version: '3' }));
    expect(over.state.stage).toMatchObject({ name: 'switching', plan: { kind: 'promotion' } });
  });

  it('holds back a version that a person rolled back, too', () => {
    const asked = tell(onProbation(), { type: 'rollbackRequested', by: 'ada', reason: 'complaints' });
    expect(finishSwitch(asked).state.quarantined).toMatchObject([{ version: '2', reason: 'complaints' }]);
  });

  it('promotes the same again once a person has released it', () => {
    expect(whyNotRelease(rolledBack.state, '1')).toBe('version 1 is not in quarantine: 2 is');
    const asked = { type: 'releaseRequested', by: 'ada', reason: 'the labels were wrong' } as const;
    expect(tell(rolledBack, { ...asked, version: '1' }).state.quarantined).toHaveLength(1);
    const released = tell(rolledBack, { ...asked, version: '2' });
    expect(released.state.recent.at(-1)?.summary).toBe('release by ada: version 2: the labels were wrong');
    expect(whyNotRelease(released.state, '2')).toBe('version 2 is not in quarantine: no version is');
    const again = finishRetraining(retraining(released, 20_000), gateResult({ version: '3' }));
    expect(again.state.stage).toMatchObject({ name: 'switching', plan: { kind: 'promotion' } });
  });

  it('ends its back-off with the first promotion that is confirmed', () => {
    const good = onProbation(rolledBack, gateResult({ version: '3', fingerprint: 'f3' }));
    expect(good.state.rollbacksInARow).toBe(1);
    expect(finishProbation(good, 'confirmed').state.rollbacksInARow).toBe(0);
  });

  it('pauses for a person after too many', () => {
    let story: Story = rolledBack;
    for (const version of ['3', '4']) {
      story = onProbation(story, gateResult({ version, fingerprint: `f${version}` }));
      story = finishSwitch(finishProbation(story, 'rolled-back'));
    }
    expect(story.state.paused?.reason).toMatch(/3 rollbacks/);
    const resumed = tell(story, { type: 'resumeRequested', by: 'ada', reason: 'data mended' });
    expect(resumed.state.paused).toBeNull();
  });

  it('stops for a person when the rollback itself fails, and reads the aliases anew', () => {
    const switching = finishProbation(onProbation(), 'rolled-back');
    const at = advanceTo(switching, 'verify-serving');
    const failed = tell(at, { type: 'stepFailed', decisionId: decisionOf(at), step: 'verify-serving', reason: 'down' });
    expect(failed.state.paused).not.toBeNull();
    expect(failed.commands.at(-1)).toEqual({ type: 'readAliases' });
  });
});

describe('crashes', () => {
  it('end right wherever the shell dies, before or after a step took effect', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Death>('none', 'before', 'after'), { minLength: 20, maxLength: 20 }),
        (deaths) => {
          const world = { champion: '1', previous: '0', challenger: null } as Record<keyof Aliases, string | null>;
          const run = (story: Story): Story =>
            runWithDeaths(story, [...deaths], (plan, step) => takeEffect(world, plan, step));
          const promoted = run(finishRetraining(retraining(serving())));
          expect(world).toEqual({ champion: '2', previous: '1', challenger: null });
          expect(promoted.state.aliases).toEqual(world);
          const back = run(finishProbation(promoted, 'rolled-back'));
          expect(world).toEqual({ champion: '1', previous: '0', challenger: null });
          expect(back.state.aliases).toEqual(world);
        },
      ),
    );
  });
});

function takeEffect(world: Record<keyof Aliases, string | null>, { after }: Switch, step: SwitchStep): void {
  if (step === 'stage') world.challenger = after.champion;
  if (step === 'set-previous') world.previous = after.previous;
  if (step === 'set-champion') world.champion = after.champion;
  if (step === 'clear-challenger') world.challenger = null;
  expect(world.champion).not.toBeNull();
}
