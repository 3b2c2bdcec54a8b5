import { describe, expect, it } from 'vitest';
import type { FollowProposal } from '../../../domain/following/proposal.ts';
import { stepsOf } from '../../../domain/lifecycle/switch.ts';
import {
  decisionOf,
  finishProbation,
  finishRetraining,
  finishSwitch,
  gateResult,
  labels,
  observed,
  onProbation,
  performanceDrift,
  retraining,
  serving,
  tell,
  type Story,
  type Told,
} from '../../support/lifecycle.ts';
import { testPolicy } from '../../support/policy.ts';

const policy = { challenger: { ...testPolicy.challenger, follow: true, followLabels: 200 } };

const proposed = (champion: string, changes: Partial<FollowProposal> = {}): FollowProposal => ({
  champion,
  base: champion,
  lent: null,
  shares: [[1]],
  shifts: [0],
  deviation: null,
  moved: 0.3,
  isStopped: false,
  reason: 'the labels move 30 % of the shares',
  evidence: { rows: 500, standingLoss: 0.5, followedLoss: 0.4, harmEValue: 0.1, trustInStanding: 0.1 },
  ...changes,
});

const moving = (count: number, champion: string, changes: Partial<FollowProposal> = {}): Told => ({
  type: 'observed',
  clock: labels(count),
  signals: [],
  following: proposed(champion, changes),
  removable: [],
});

function followed(story: Story, version: string): Story {
  return finishSwitch(tell(story, { type: 'followed', decisionId: decisionOf(story), version }));
}

describe('following the labels', () => {
  it('puts the champion with its new shares in its place, and leaves the one to fall back to where it is', () => {
    const asked = tell(serving(policy), moving(500, '1'));
    expect(asked.state.stage).toMatchObject({ name: 'following', during: null });
    expect(asked.commands.at(-1)).toMatchObject({ type: 'follow', proposal: { champion: '1' } });
    const story = followed(asked, '2');
    expect(story.state.stage).toEqual({ name: 'serving' });
    expect(story.state.aliases).toEqual({ champion: '2', previous: '0', challenger: null });
    expect(story.state.totals).toEqual({ trainings: 0, promotions: 0, rollbacks: 0, followed: 1 });
    expect(story.state.recent.at(-1)).toMatchObject({ kind: 'follow' });
    expect(story.state.recent.at(-1)?.summary).toBe(
      'followed the labels with version 2 (was version 1): the labels move 30 % of the shares',
    );
  });

  it('never touches `previous`', () => {
    const asked = tell(serving(policy), moving(500, '1'));
    const { stage } = tell(asked, { type: 'followed', decisionId: decisionOf(asked), version: '2' }).state;
    expect(stage.name === 'switching' && stepsOf(stage.plan)).not.toContain('set-previous');
  });

  it.each<[string, Story, Told]>([
    ['for another version than the one that serves', serving(policy), moving(500, '0')],
    ['while paused', tell(serving(policy), { type: 'pauseRequested', by: 'ada', reason: 'x' }), moving(500, '1')],
    ['while a retraining runs', retraining(serving(policy)), moving(11_000, '1')],
    ['without a proposal', serving(policy), observed(500)],
  ])('does not happen %s', (_, story, event) => {
    expect(tell(story, event).commands.some(({ type }) => type === 'follow')).toBe(false);
  });

  it('waits for enough labels since the last time, unless it is to be stopped', () => {
    const story = followed(tell(serving(policy), moving(500, '1')), '2');
    expect(tell(story, moving(600, '2')).state.stage.name).toBe('serving');
    expect(tell(story, moving(700, '2')).state.stage.name).toBe('following');
    expect(tell(story, moving(600, '2', { isStopped: true })).state.stage.name).toBe('following');
  });

  it('comes before the retraining that was called for at the same time, which follows at once', () => {
    const noticed = tell(serving(policy), observed(10_000, performanceDrift));
    const asked = tell({ ...noticed, nowMs: noticed.nowMs + testPolicy.retrain.debounceMs }, moving(10_001, '1'));
    expect(asked.state.stage.name).toBe('following');
    expect(followed(asked, '2').state.stage.name).toBe('triaging');
  });

  it('lets a probation go on, without starting it again', () => {
    const watched = onProbation(serving(policy));
    const story = followed(tell(watched, moving(12_000, '2')), '3');
    expect(story.state.stage).toEqual(watched.state.stage);
    expect(story.state.aliases).toEqual({ champion: '3', previous: '1', challenger: null });
    const started = story.commands.filter(({ type }) => type === 'startProbation');
    expect(started).toHaveLength(1);
  });

  it.each(['following', 'switching'] as const)('hears how a probation ended while %s', (name) => {
    const watched = onProbation(serving(policy));
    const asked = tell(watched, moving(12_000, '2'));
    const at =
      name === 'following' ? asked : tell(asked, { type: 'followed', decisionId: decisionOf(asked), version: '3' });
    expect(at.state.stage.name).toBe(name);
    const result = { outcome: 'rolled-back', reason: 'it is worse', checks: [], worldChanged: null } as const;
    const told = tell(at, { type: 'probationFinished', decisionId: decisionOf(watched), result });
    expect(told.state.stage.name).toBe(name);
    const back = name === 'following' ? followed(told, '3') : finishSwitch(told);
    expect(back.state.stage).toMatchObject({ name: 'switching', plan: { kind: 'rollback' } });
    expect(back.state.following.heard).toBeNull();
    const rolledBack = finishSwitch(back);
    expect(rolledBack.state.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
    expect(rolledBack.state.quarantined).toMatchObject([{ version: '3' }]);
  });

  it('rolls back to what stood before the promotion, however often the shares moved since', () => {
    const watched = onProbation(serving(policy));
    const moved = followed(tell(watched, moving(12_000, '2')), '3');
    const again = followed(tell(moved, moving(13_000, '3')), '4');
    const story = finishSwitch(finishProbation(again, 'rolled-back'));
    expect(story.state.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
  });

  it('is seen once among the newest decisions, which it does not crowd out', () => {
    const moved = followed(tell(onProbation(serving(policy)), moving(12_000, '2')), '3');
    const again = followed(tell(moved, moving(13_000, '3')), '4');
    const kinds = again.state.recent.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'follow')).toHaveLength(1);
    expect(kinds).toContain('promotion');
    const told = again.commands.filter((command) => command.type === 'record' && command.record.kind === 'follow');
    expect(told).toHaveLength(2);
  });

  it('promotes the next challenger over the followed champion', () => {
    const moved = followed(tell(serving(policy), moving(500, '1')), '2');
    const story = finishSwitch(finishRetraining(retraining(moved, 20_000), gateResult({ version: '3' })));
    expect(story.state.aliases).toEqual({ champion: '3', previous: '2', challenger: null });
  });

  it('keeps the champion where the new version can not be made', () => {
    for (const story of [serving(policy), onProbation(serving(policy))]) {
      const champion = story.state.aliases.champion!;
      const asked = tell(story, moving(12_000, champion));
      const failed = tell(asked, { type: 'followFailed', decisionId: decisionOf(asked), reason: 'the disk is full' });
      expect(failed.state.stage).toEqual(story.state.stage);
      expect(failed.state.aliases).toEqual(story.state.aliases);
      expect(failed.state.recent.at(-1)).toMatchObject({ kind: 'following failed', summary: 'the disk is full' });
      // Not again with the very next label.
      expect(tell(failed, moving(12_001, champion)).state.stage).toEqual(story.state.stage);
    }
  });

  it('is undone where a replica does not take it, and the probation goes on', () => {
    const watched = onProbation(serving(policy));
    const asked = tell(watched, moving(12_000, '2'));
    const started = tell(asked, { type: 'followed', decisionId: decisionOf(asked), version: '3' });
    const staged = tell(started, { type: 'stepDone', decisionId: decisionOf(started), step: 'record-intent' });
    const failed = tell(staged, {
      type: 'stepFailed',
      decisionId: decisionOf(staged),
      step: 'stage',
      reason: 'no replica answers',
    });
    const undone = finishSwitch(failed);
    expect(undone.state.stage).toEqual(watched.state.stage);
    expect(undone.state.aliases).toEqual(watched.state.aliases);
    expect(undone.state.totals.followed).toBe(0);
  });
});
