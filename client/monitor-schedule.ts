import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';
import type { ProjectRef } from '../activities/types.ts';
import { controlQueue, monitorId, type MonitorInput } from '../workflows/messages.ts';

const lookEveryMs = 25;

function scheduleFor(project: ProjectRef, everyMs: number): ScheduleOptions {
  const input: MonitorInput = { project };
  return {
    scheduleId: monitorId(project.model),
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'monitor',
      workflowId: monitorId(project.model),
      taskQueue: controlQueue,
      args: [input],
      staticSummary: `One look at ${project.model}`,
    },
    // A look that was missed while nothing ran is no loss: the next one sees the same rows.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
  };
}

/** Creates the monitor's Schedule or brings it up to date; an operator's pause stays. */
export async function ensureMonitorSchedule(client: Client, project: ProjectRef, everyMs: number): Promise<void> {
  const wanted = scheduleFor(project, everyMs);
  try {
    await client.schedule.create(wanted);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { spec, action, policies } = wanted;
    await client.schedule
      .getHandle(monitorId(project.model))
      .update((previous) => ({ spec, action, policies: policies ?? {}, state: previous.state }));
  }
}

/** Has the Schedule look now, and waits until the look is over. */
export async function triggerMonitor(client: Client, model: string): Promise<void> {
  const schedule = client.schedule.getHandle(monitorId(model));
  const before = await schedule.describe();
  await schedule.trigger();
  for (;;) {
    const { info } = await schedule.describe();
    if (info.numActionsTaken > before.info.numActionsTaken) {
      const { action } = info.recentActions.at(-1) ?? {};
      if (action === undefined) return;
      await client.workflow.getHandle(action.workflow.workflowId, action.workflow.firstExecutionRunId).result();
      return;
    }
    // A look that its own period had started was still running: it may have seen less, so ask again.
    if (info.numActionsSkippedOverlap > before.info.numActionsSkippedOverlap) {
      await sleep(lookEveryMs);
      return await triggerMonitor(client, model);
    }
    await sleep(lookEveryMs);
  }
}
