import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker, type WorkerOptions } from '@temporalio/worker';
import type { ControlActivities, TrainingActivities } from '../activities/types.ts';
import { controlQueue, trainingQueue } from '../workflows/messages.ts';
import type { ServerConnection } from './connect.ts';
import type { WorkerTracing } from './tracing.ts';

export type QueueName = typeof controlQueue | typeof trainingQueue;

const traceLifecyclePath = fileURLToPath(new URL('trace-lifecycle.ts', import.meta.url));
const shutdownGraceTime = '10 seconds';
/** A cached lifecycle costs about a third of a megabyte. */
const maxCachedWorkflows = 500;

/** Polls workflows and short activities. */
export async function createControlWorker(
  server: ServerConnection,
  activities: ControlActivities,
  tracing: WorkerTracing | null = null,
): Promise<Worker> {
  const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  const traced =
    tracing === null ? {} : { workflowInterceptorModules: [traceLifecyclePath], plugins: tracing.bundlerPlugins };
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, ...traced });
  return await Worker.create({
    ...common(server, tracing),
    taskQueue: controlQueue,
    workflowBundle,
    activities: { ...activities },
    maxCachedWorkflows,
  });
}

/** Trains: as many candidates at a time as there are cores, each in a process of its own. */
export async function createTrainingWorker(
  server: ServerConnection,
  activities: TrainingActivities,
  tracing: WorkerTracing | null = null,
): Promise<Worker> {
  return await Worker.create({
    ...common(server, tracing),
    taskQueue: trainingQueue,
    activities: { ...activities },
    maxConcurrentActivityTaskExecutions: availableParallelism(),
  });
}

function common(
  { connection, namespace }: ServerConnection,
  tracing: WorkerTracing | null,
): Pick<WorkerOptions, 'connection' | 'namespace' | 'shutdownGraceTime' | 'plugins'> {
  return { connection, namespace, shutdownGraceTime, ...(tracing && { plugins: tracing.workerPlugins }) };
}
