import { describe, expect, it } from 'vitest';
import type { ProbationRequest } from '../../activities/types.ts';
import { observedSignal, probationId } from '../../workflows/messages.ts';
import { scriptedActivities } from '../support/activities.ts';
import { firstDecision, look, promotionOrder, start, until } from '../support/lifecycle-workflow.ts';
import { labels, performanceDrift } from '../support/lifecycle.ts';
import { testPolicy } from '../support/policy.ts';
import { withTimeSkipping } from '../support/temporal.ts';

const promotion = { strategy: 'canary', steps: [0.1, 0.5], labelsPerStep: 200 } as const;

describe('a promotion by steps', () => {
  it('judges each step on labels of its own, at its part of the level', async () => {
    const steps: string[] = [];
    const looks: Pick<ProbationRequest, 'champion' | 'previous' | 'afterId'>[] = [];
    const levels: number[] = [];
    const activities = scriptedActivities([], {
      runSwitchStep: ({ step, plan }) => {
        steps.push(step === 'set-share' ? `set-share ${plan.canary?.share}` : step);
        return Promise.resolve();
      },
      lookAtProbation: ({ champion, previous, afterId, policy }) => {
        looks.push({ champion, previous, afterId });
        levels.push(policy.probation.alpha);
        const { verdict, newLabels, progress } = look('confirmed');
        return Promise.resolve({ verdict, newLabels, progress: { ...progress, lastId: `p-${looks.length}` } });
      },
    });
    await withTimeSkipping(
      activities,
      async (env) => {
        const handle = await start(env, { ...testPolicy, promotion });
        await handle.signal(observedSignal, { clock: labels(5_000), signals: [performanceDrift] });
        const status = await until(env, handle, ({ newest }) => newest?.kind === 'probation: confirmed');
        expect(status.aliases).toEqual({ champion: '2', previous: '1', challenger: null });
        const opened = (share: number) => [
          'record-intent',
          'stage',
          'verify-staged',
          `set-share ${share}`,
          'verify-share',
        ];
        const promoted = promotionOrder.flatMap((one) => (one === 'set-champion' ? [one, 'set-share null'] : [one]));
        expect(steps).toEqual([...opened(0.1), ...opened(0.5), ...promoted]);
        const pair = { champion: '2', previous: '1' };
        expect(looks).toEqual([
          { ...pair, afterId: null },
          { ...pair, afterId: 'p-1' },
          { ...pair, afterId: null },
        ]);
        expect(levels).toEqual([1, 2, 3].map(() => testPolicy.probation.alpha / 3));
        return [handle, env.client.workflow.getHandle(probationId(`${firstDecision}-canary-1`))];
      },
      'canary',
    );
  });

  it('takes the share back when a step finds the challenger worse', async () => {
    const activities = scriptedActivities([], {
      lookAtProbation: () => Promise.resolve(look('rolled-back')),
    });
    await withTimeSkipping(activities, async (env) => {
      const handle = await start(env, { ...testPolicy, promotion });
      await handle.signal(observedSignal, { clock: labels(5_000), signals: [performanceDrift] });
      const status = await until(env, handle, ({ totals }) => totals.rollbacks === 1);
      expect(status.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
      expect(status.quarantined).toEqual(['2']);
      return [handle];
    });
  });
});
