import { getExternalWorkflowHandle, setCurrentDetails } from '@temporalio/workflow';
import { lifecycleId, observedSignal, type MonitorInput } from './messages.ts';
import { control, judging } from './proxies.ts';

/**
 * One look at a model, started by its Temporal Schedule. It tells the lifecycle what it saw, then notes where it stopped, and
 * decides nothing.
 */
export async function monitor({ project }: MonitorInput): Promise<string> {
  const { cursor, summary, ...seen } = await judging.observe({ project });
  setCurrentDetails(summary);
  await getExternalWorkflowHandle(lifecycleId(project.model)).signal(observedSignal, seen);
  if (cursor !== null) await control.saveCursor({ model: project.model, cursor });
  return summary;
}
