import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';
import type { ProjectRef } from '../activities/types.ts';
import { controlQueue, monitorId, type MonitorInput } from '../workflows/messages.ts';

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

/** One look now, beside the Schedule's own, and the end of it. */
export async function lookNow(client: Client, project: ProjectRef): Promise<void> {
  const input: MonitorInput = { project };
  await client.workflow.execute('monitor', {
    workflowId: `${monitorId(project.model)}/now`,
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue: controlQueue,
    staticSummary: `One look at ${project.model}, asked for`,
    args: [input],
  });
}
