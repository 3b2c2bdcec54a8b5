import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { SwitchStep } from '../../domain/lifecycle/switch.ts';
import {
  approveUpdate,
  observedSignal,
  pauseUpdate,
  probationId,
  releaseUpdate,
  retrainId,
  retrainUpdate,
  rollbackUpdate,
  statusQuery,
} from '../../workflows/messages.ts';
import { scriptedActivities, trained } from '../support/activities.ts';
import { gateResult, labels, performanceDrift } from '../support/lifecycle.ts';
import { ada, firstDecision, look, promotionOrder, start, until } from '../support/lifecycle-workflow.ts';
import { testPolicy } from '../support/policy.ts';
import { withTimeSkipping } from '../support/temporal.ts';

describe('lifecycle', () => {
  it('retrains on a signal, promotes in order, and confirms after probation', async () => {
    const steps: SwitchStep[] = [];
    const report = 'reports/electricity/electricity-0001-probation/index.html';
    const activities = scriptedActivities(steps, {
      lookAtProbation: () => Promise.resolve(look('confirmed')),
      appendLedger: ({ record }) => Promise.resolve(record.kind === 'probation: confirmed' ? report : null),
    });
    await withTimeSkipping(
      activities,
      async (env) => {
        const handle = await start(env);
        await handle.signal(observedSignal, { clock: labels(5_000), signals: [performanceDrift] });
        const status = await until(env, handle, ({ newest }) => newest?.kind === 'probation: confirmed');
        expect(steps).toEqual(promotionOrder);
        expect(status.aliases).toEqual({ champion: '2', previous: '1', challenger: null });
        const noted = await until(env, handle, ({ newest }) => newest?.report !== undefined);
        expect(noted.newest?.report).toBe(report);
        return [handle, env.client.workflow.getHandle(retrainId(firstDecision))];
      },
      'confirmed',
    );
  });

  it('rolls back when probation says so', async () => {
    const steps: SwitchStep[] = [];
    const activities = scriptedActivities(steps, { lookAtProbation: () => Promise.resolve(look('rolled-back')) });
    await withTimeSkipping(
      activities,
      async (env) => {
        const handle = await start(env);
        await handle.signal(observedSignal, { clock: labels(5_000), signals: [performanceDrift] });
        const status = await until(env, handle, ({ totals }) => totals.rollbacks === 1);
        expect(status.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
        expect(steps.slice(promotionOrder.length)).toEqual([
          'record-intent',
          'verify-staged',
          'set-champion',
          'set-previous',
          'clear-challenger',
          'verify-serving',
        ]);
        return [handle, env.client.workflow.getHandle(probationId(firstDecision))];
      },
      'rolled-back',
    );
  });

  it('looks at the model again when probation saw the world change for both', async () => {
    const sentence = 'the world has changed: error .31 where its holdout promised at most .21';
    const activities = scriptedActivities([], { lookAtProbation: () => Promise.resolve(look('confirmed', sentence)) });
    await withTimeSkipping(activities, async (env) => {
      const handle = await start(env);
      await handle.signal(observedSignal, { clock: labels(5_000), signals: [performanceDrift] });
      const status = await until(env, handle, ({ newest }) => newest?.kind === 'probation: confirmed');
      expect(status.pending).toMatchObject([{ kind: 'performance-drift', reason: sentence, sources: ['probation'] }]);
      expect(status.waitingFor).not.toBeNull();
      await handle.signal(observedSignal, { clock: labels(50_000), signals: [] });
      const again = await until(env, handle, ({ totals }) => totals.trainings === 2);
      expect(again.pending).toEqual([]);
      return [handle];
    });
  });

  it('keeps what was rolled back out until a person releases it', async () => {
    const asked: (readonly string[])[] = [];
    const activities = scriptedActivities([], {
      lookAtProbation: () => Promise.resolve(look('rolled-back')),
      faceChampion: ({ quarantined }) => {
        asked.push(quarantined);
        return Promise.resolve(gateResult());
      },
    });
    await withTimeSkipping(activities, async (env) => {
      const handle = await start(env);
      await handle.executeUpdate(retrainUpdate, { args: [ada] });
      const held = await until(env, handle, ({ totals }) => totals.rollbacks === 1);
      expect(held.quarantined).toEqual(['2']);
      await handle.executeUpdate(retrainUpdate, { args: [ada] });
      const refused = await until(env, handle, ({ turnedDown }) => turnedDown !== null);
      expect(refused.turnedDown?.reason).toMatch(/gave version 2, which was rolled back before/);
      expect(asked).toEqual([[], ['2']]);
      const wrong = handle.executeUpdate(releaseUpdate, { args: [{ ...ada, version: '7' }] });
      expect(await refusal(wrong)).toBe('version 7 is not in quarantine: 2 is');
      const released = await handle.executeUpdate(releaseUpdate, { args: [{ ...ada, version: '2' }] });
      expect(released.quarantined).toEqual([]);
      await handle.executeUpdate(retrainUpdate, { args: [ada] });
      await until(env, handle, ({ totals }) => totals.promotions === 2);
      return [handle];
    });
  });

  it('pauses for a person after as many rollbacks as the policy allows', async () => {
    let runs = 0;
    const activities = scriptedActivities([], {
      lookAtProbation: () => Promise.resolve(look('rolled-back')),
      faceChampion: () => {
        runs += 1;
        return Promise.resolve(gateResult({ version: `${runs + 1}`, fingerprint: `f${runs + 1}` }));
      },
    });
    await withTimeSkipping(activities, async (env) => {
      const handle = await start(env);
      for (const count of [1, 2, 3]) {
        await handle.executeUpdate(retrainUpdate, { args: [ada] });
        await until(env, handle, ({ totals }) => totals.rollbacks === count);
      }
      const { paused, aliases, quarantined } = await handle.query(statusQuery);
      expect(paused).toMatchObject({ by: 'policy', reason: expect.stringMatching(/3 rollbacks in a period/) });
      expect(aliases.champion).toBe('1');
      expect(quarantined).toEqual(['2', '3', '4']);
      return [handle];
    });
  });

  it('asks a person when labels stop coming during probation, after the time that the policy gives', async () => {
    const activities = scriptedActivities([], { lookAtProbation: () => Promise.resolve(look('continue')) });
    await withTimeSkipping(activities, async (env) => {
      const handle = await start(env);
      await handle.signal(observedSignal, { clock: labels(5_000), signals: [performanceDrift] });
      await until(env, handle, ({ stage }) => stage.name === 'probation');
      await env.sleep(testPolicy.monitor.silenceMs + 1_000);
      const status = await until(env, handle, ({ stage }) => stage.name === 'awaiting-approval');
      expect(status.stage).toMatchObject({
        subject: 'probation',
        reason: expect.stringMatching(/labels have stopped/),
      });
      return [handle, env.client.workflow.getHandle(probationId(firstDecision))];
    });
  });

  it('turns a challenger down when nobody approves it in time', async () => {
    const approval = { mode: 'person', timeoutMs: 7 * 86_400_000, onTimeout: 'reject' } as const;
    await withTimeSkipping(scriptedActivities([]), async (env) => {
      const handle = await start(env, { ...testPolicy, approval });
      await handle.executeUpdate(retrainUpdate, { args: [ada] });
      await until(env, handle, ({ stage }) => stage.name === 'awaiting-approval');
      await env.sleep(approval.timeoutMs);
      const status = await until(env, handle, ({ stage }) => stage.name === 'serving');
      expect(status.turnedDown).toMatchObject({ version: '2', reason: 'nobody answered in time' });
      return [handle];
    });
  });

  it('promotes on approval', async () => {
    const steps: SwitchStep[] = [];
    const approval = { mode: 'person', timeoutMs: 86_400_000, onTimeout: 'reject' } as const;
    const activities = scriptedActivities(steps, { lookAtProbation: () => Promise.resolve(look('confirmed')) });
    await withTimeSkipping(
      activities,
      async (env) => {
        const handle = await start(env, { ...testPolicy, approval });
        await handle.executeUpdate(retrainUpdate, { args: [ada] });
        await until(env, handle, ({ stage }) => stage.name === 'awaiting-approval');
        await handle.executeUpdate(approveUpdate, { args: [ada] });
        await until(env, handle, ({ aliases }) => aliases.champion === '2');
        return [handle];
      },
      'approved',
    );
  });

  it('undoes a promotion that no replica can follow', async () => {
    const steps: SwitchStep[] = [];
    const activities = scriptedActivities(steps, {
      runSwitchStep: ({ plan, step }) => {
        steps.push(step);
        if (plan.kind === 'undo' || step !== 'verify-serving') return Promise.resolve();
        return Promise.reject(ApplicationFailure.nonRetryable('replica r1 still serves version 1', 'ReplicasNotReady'));
      },
    });
    await withTimeSkipping(activities, async (env) => {
      const handle = await start(env);
      await handle.executeUpdate(retrainUpdate, { args: [ada] });
      const status = await until(env, handle, ({ newest }) => newest?.kind === 'undo');
      expect(status.aliases).toEqual({ champion: '1', previous: '0', challenger: null });
      expect(status.attention).toMatch(/replica r1 still serves version 1/);
      return [handle];
    });
  });

  it('goes on with the other candidates when one can not be trained', async () => {
    const faced: string[] = [];
    const activities = scriptedActivities([], {
      trainCandidate: ({ candidate: { id } }) =>
        id === 'mlp/all'
          ? Promise.reject(ApplicationFailure.nonRetryable('loss is NaN', 'TrainingDiverged'))
          : Promise.resolve(trained(id)),
      faceChampion: (request) => {
        faced.push(...request.trained.map(({ candidateId }) => candidateId));
        return Promise.resolve(gateResult({ outcome: 'fail', reason: 'not better' }));
      },
    });
    await withTimeSkipping(activities, async (env) => {
      const handle = await start(env);
      await handle.executeUpdate(retrainUpdate, { args: [ada] });
      await until(env, handle, ({ turnedDown }) => turnedDown !== null);
      expect(faced).toEqual(['linear/all']);
      return [handle, env.client.workflow.getHandle(retrainId('electricity-0001'))];
    });
  });

  it('keeps the champion and tells a person when no candidate can be trained', async () => {
    const activities = scriptedActivities([], {
      trainCandidate: () => Promise.reject(ApplicationFailure.nonRetryable('loss is NaN', 'TrainingDiverged')),
    });
    await withTimeSkipping(activities, async (env) => {
      const handle = await start(env);
      await handle.executeUpdate(retrainUpdate, { args: [ada] });
      const status = await until(env, handle, ({ attention }) => attention !== null);
      expect(status.attention).toMatch(/no candidate could be trained: .*loss is NaN/);
      expect(status.aliases.champion).toBe('1');
      return [handle];
    });
  });
});

describe('operators', () => {
  it('are told why a request can not be honoured', async () => {
    await withTimeSkipping(scriptedActivities([]), async (env) => {
      const handle = await start(env);
      await until(env, handle, ({ stage }) => stage.name === 'serving');
      expect(await refusal(handle.executeUpdate(approveUpdate, { args: [ada] }))).toMatch(/nothing awaits approval/);
      expect(await refusal(handle.executeUpdate(pauseUpdate, { args: [{ by: '', reason: 'x' }] }))).toMatch(
        /"by" must be/,
      );
      const paused = await handle.executeUpdate(pauseUpdate, { args: [ada] });
      expect(paused.paused?.by).toBe('ada');
      expect(await refusal(handle.executeUpdate(pauseUpdate, { args: [ada] }))).toMatch(/already paused by ada/);
      const rolling = await handle.executeUpdate(rollbackUpdate, { args: [ada] });
      expect(rolling.stage).toMatchObject({ name: 'switching' });
      return [handle];
    });
  });
});

async function refusal(update: Promise<unknown>): Promise<string> {
  try {
    await update;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
      expect(error.cause.type).toBe('RequestRefused');
      return error.cause.message;
    }
    throw error;
  }
  throw new Error('the update was not refused');
}
