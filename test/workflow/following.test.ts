import { describe, expect, it } from 'vitest';
import type { FollowRequest, ProbationRequest } from '../../activities/types.ts';
import type { FollowProposal } from '../../domain/following/proposal.ts';
import type { SwitchStep } from '../../domain/lifecycle/switch.ts';
import { neededVersionsQuery, observedSignal, probationId, retrainId } from '../../workflows/messages.ts';
import { scriptedActivities } from '../support/activities.ts';
import { firstDecision, look, promotionOrder, start, until } from '../support/lifecycle-workflow.ts';
import { labels, performanceDrift } from '../support/lifecycle.ts';
import { testPolicy } from '../support/policy.ts';
import { withTimeSkipping } from '../support/temporal.ts';

const policy = { ...testPolicy, challenger: { ...testPolicy.challenger, follow: true, followLabels: 200 } };

const proposal: FollowProposal = {
  champion: '2',
  base: '2',
  lent: null,
  shares: [[0.5, 0.5]],
  shifts: [0, 1],
  deviation: null,
  moved: 0.5,
  isStopped: false,
  reason: 'the labels move 50 % of the shares',
  evidence: { rows: 500, standingLoss: 0.5, followedLoss: 0.4, harmEValue: 0.1, trustInStanding: 0.1 },
};

describe('a champion that follows its labels', () => {
  it('moves while its probation goes on, which then ends as it would have', async () => {
    const steps: SwitchStep[] = [];
    const requests: FollowRequest[] = [];
    const looks: Pick<ProbationRequest, 'champion' | 'previous'>[] = [];
    const activities = scriptedActivities(steps, {
      followLabels: (request) => {
        requests.push(request);
        return Promise.resolve('3');
      },
      lookAtProbation: ({ champion, previous }) => {
        looks.push({ champion, previous });
        return Promise.resolve(look(looks.length < 3 ? 'continue' : 'confirmed'));
      },
    });
    await withTimeSkipping(
      activities,
      async (env) => {
        const handle = await start(env, policy);
        await handle.signal(observedSignal, { clock: labels(5_000), signals: [performanceDrift] });
        await until(env, handle, ({ stage }) => stage.name === 'probation');
        await handle.signal(observedSignal, { clock: labels(5_500), signals: [], following: proposal });
        const moved = await until(env, handle, ({ totals }) => totals.followed === 1);
        expect(moved.stage).toMatchObject({ name: 'probation', decisionId: firstDecision });
        expect(moved.aliases).toEqual({ champion: '3', previous: '1', challenger: null });
        expect(steps.slice(promotionOrder.length)).toEqual(promotionOrder.filter((step) => step !== 'set-previous'));
        expect(requests).toMatchObject([{ decisionId: 'electricity-0002', proposal }]);
        await handle.signal(observedSignal, { clock: labels(6_000), signals: [] });
        const ended = await until(env, handle, ({ newest }) => newest?.kind === 'probation: confirmed');
        expect(ended.stage).toEqual({ name: 'serving' });
        expect(new Set(looks.map((one) => JSON.stringify(one)))).toEqual(
          new Set([JSON.stringify({ champion: '2', previous: '1' })]),
        );
        const { workflow } = env.client;
        return [handle, workflow.getHandle(probationId(firstDecision)), workflow.getHandle(retrainId(firstDecision))];
      },
      'followed',
    );
  });

  it('has the files of old versions removed, and what can not be removed waits for a person', async () => {
    const asked: (readonly string[])[] = [];
    const activities = scriptedActivities([], {
      removeVersions: ({ versions }) => {
        asked.push(versions);
        if (asked.length === 1) return Promise.resolve({ removed: versions, unremoved: null });
        return Promise.resolve({ removed: [], unremoved: { versions, reason: 'the disk is read-only' } });
      },
    });
    await withTimeSkipping(
      activities,
      async (env) => {
        const handle = await start(env, { ...policy, versions: { keep: 5, pinned: [] } });
        await until(env, handle, ({ stage }) => stage.name === 'serving');
        const seen = (...versions: readonly string[]) => ({
          clock: labels(500),
          signals: [],
          removable: versions.map((version) => ({ version, followers: [] })),
        });
        // Version 1 serves.
        await handle.signal(observedSignal, seen('1', '7'));
        const gone = await until(env, handle, ({ newest }) => newest?.kind === 'remove versions');
        expect(gone.newest?.summary).toMatch(/^removed the files of version 7:/);
        expect((await handle.query(neededVersionsQuery)).map(({ version }) => version)).toEqual(['1', '0']);
        await handle.signal(observedSignal, seen('8'));
        const kept = await until(env, handle, ({ newest }) => newest?.kind === 'removing versions failed');
        expect(kept.attention).toBe('the files of version 8 could not be removed: the disk is read-only');
        expect(asked).toEqual([['7'], ['8']]);
        return [handle];
      },
      'removed',
    );
  });

  it('stays as it is where the new version can not be made, and says why', async () => {
    const activities = scriptedActivities([], {
      followLabels: () => Promise.reject(new Error('the package is damaged')),
    });
    await withTimeSkipping(activities, async (env) => {
      const handle = await start(env, policy);
      await until(env, handle, ({ stage }) => stage.name === 'serving');
      const following = { ...proposal, champion: '1', base: '1' };
      await handle.signal(observedSignal, { clock: labels(500), signals: [], following });
      const status = await until(env, handle, ({ newest }) => newest?.kind === 'following failed');
      expect(status.stage).toEqual({ name: 'serving' });
      expect(status.aliases.champion).toBe('1');
      expect(status.newest?.summary).toMatch(/the package is damaged/);
      return [handle];
    });
  });
});
