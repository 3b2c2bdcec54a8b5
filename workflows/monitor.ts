import { getExternalWorkflowHandle, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { MonitorCursor } from '../activities/types.ts';
import { lifecycleId, observedSignal, type MonitorInput } from './messages.ts';
import { judging } from './proxies.ts';

export interface MonitorResult {
  readonly cursor: MonitorCursor | null;
  readonly summary: string;
}

/**
 * One look at a model, started by its Temporal Schedule, which hands on the result of the look before. It tells the
 * lifecycle what it saw and decides nothing.
 */
export async function monitor(input: MonitorInput): Promise<MonitorResult> {
  const before = workflowInfo().lastResult as MonitorResult | undefined;
  const seen = await judging.observe({ project: input.project, cursor: before?.cursor ?? null });
  setCurrentDetails(seen.summary);
  const lifecycle = getExternalWorkflowHandle(lifecycleId(input.project.model));
  await lifecycle.signal(observedSignal, { clock: seen.clock, signals: seen.signals });
  return { cursor: seen.cursor, summary: seen.summary };
}
