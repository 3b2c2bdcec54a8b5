import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createIncumbentClient } from '../../client/incumbent-client.ts';
import { ensureSearchAttributes } from '../../client/search-attributes.ts';
import { beginLossWatch } from '../../domain/outcomes/watch-losses.ts';
import { lifecycleId, monitorId } from '../../workflows/messages.ts';
import { scriptedActivities } from '../support/activities.ts';
import { startDevServer } from '../support/dev-server.ts';
import { labels } from '../support/lifecycle.ts';
import { testPolicy } from '../support/policy.ts';
import { replayAll, withWorkers } from '../support/temporal.ts';

const project = { model: 'electricity', directory: 'examples/electricity' };
const ask = { by: 'ada', reason: 'because' };

describe('on a real dev server', () => {
  it('has the schedule look, tells the lifecycle, and only then notes where it stopped', async () => {
    const env = await startDevServer();
    const client = createIncumbentClient(env.client);
    const said: string[] = [];
    const cursor = { champion: '1', lastId: 'id-100', watch: beginLossWatch(1), driftAtRows: 100 };
    const activities = scriptedActivities([], {
      observe: () =>
        Promise.resolve({ clock: labels(100), signals: [], cursor, following: null, removable: [], summary: 'seen' }),
      async saveCursor({ cursor: saved }) {
        said.push(`${saved.lastId} after ${(await client.status(project.model)).clock.labels} labels`);
      },
    });
    await withWorkers(env, activities, async () => {
      await client.startLifecycle(project, testPolicy);
      await client.observeNow(project);
      await client.ensureSchedule(project, 3_600_000);
      await env.client.schedule.getHandle(monitorId(project.model)).trigger();
      while (said.length < 2) await sleep(50);
      expect(said).toEqual(['id-100 after 100 labels', 'id-100 after 100 labels']);
      expect(await client.listModels()).toEqual(['electricity']);
    });
  });

  it('keeps an operator’s pause of the schedule when it is brought up to date', async () => {
    const env = await startDevServer();
    const client = createIncumbentClient(env.client);
    await client.ensureSchedule(project, 60_000);
    const schedule = env.client.schedule.getHandle(monitorId(project.model));
    await schedule.pause('holiday');
    await client.ensureSchedule(project, 120_000);
    const { state, spec } = await schedule.describe();
    expect(state).toMatchObject({ paused: true, note: 'holiday' });
    expect(spec.intervals?.[0]?.every).toBe(120_000);
  });

  it('says so when a search attribute has another type', async () => {
    const env = await startDevServer();
    await ensureSearchAttributes(env.client);
    const { operatorService } = env.connection;
    await operatorService.removeSearchAttributes({ namespace: 'default', searchAttributes: ['IncumbentPhase'] });
    await operatorService.addSearchAttributes({ namespace: 'default', searchAttributes: { IncumbentPhase: 3 } });
    await expect(ensureSearchAttributes(env.client)).rejects.toThrow(/IncumbentPhase has another type/);
  });

  it('continues a lifecycle as new without losing what it knows or does, and finds it by its phase', async () => {
    const env = await startDevServer(['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40']);
    const client = createIncumbentClient(env.client);
    await withWorkers(env, scriptedActivities([]), async () => {
      await client.startLifecycle(project, testPolicy);
      const handle = env.client.workflow.getHandle(lifecycleId(project.model));
      const { runId: firstRun } = await handle.describe();
      for (let turn = 1; turn <= 12; turn += 1) {
        await client.pause(project.model, ask);
        await client.resume(project.model, ask);
        await client.raiseSignal(project.model, { reason: `turn ${turn}`, source: 'test' }).catch(() => undefined);
        await sleep(20);
      }
      const { runId } = await handle.describe();
      expect(runId).not.toBe(firstRun);
      while ((await client.status(project.model)).totals.promotions === 0) await sleep(50);
      await client.pause(project.model, { by: 'ada', reason: 'to be found' });
      const query = "IncumbentPhase = 'paused' AND IncumbentModel = 'electricity' AND IncumbentChampion = '2'";
      const found = async (): Promise<number> => (await env.client.workflow.count(query)).count;
      while ((await found()) === 0) await sleep(50);
      await replayAll([env.client.workflow.getHandle(lifecycleId(project.model), firstRun)]);
    });
  });

  it('tells a client why it was refused, and that nobody looks after a model', async () => {
    const env = await startDevServer();
    const client = createIncumbentClient(env.client);
    await expect(client.status('nothing')).rejects.toMatchObject({ code: 'no-lifecycle' });
    await withWorkers(env, scriptedActivities([]), async () => {
      await client.startLifecycle(project, testPolicy);
      const refusal = { code: 'refused', message: expect.stringMatching(/nothing awaits approval/) as string };
      await expect(client.approve(project.model, ask)).rejects.toMatchObject(refusal);
      await client.startLifecycle(project, testPolicy);
    });
  });
});
