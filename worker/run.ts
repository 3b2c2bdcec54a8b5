import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker, type WorkerOptions } from '@temporalio/worker';
import type { ControlActivities, TrainingActivities } from '../activities/types.ts';
import { controlQueue, trainingQueue } from '../workflows/messages.ts';
import type { ServerConnection } from './connect.ts';

export type QueueName = typeof controlQueue | typeof trainingQueue;

const shutdownGraceTime = '10 seconds';
/** A cached lifecycle costs about a third of a megabyte. */
const maxCachedWorkflows = 500;

/** Polls workflows and short activities. */
export async function createControlWorker(server: ServerConnection, activities: ControlActivities): Promise<Worker> {
  const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  const workflowBundle = await bundleWorkflowCode({ workflowsPath });
  return await Worker.create({
    ...common(server),
    taskQueue: controlQueue,
    workflowBundle,
    activities: { ...activities },
    maxCachedWorkflows,
  });
}

/** Trains: as many candidates at a time as there are cores, each in a process of its own. */
export async function createTrainingWorker(server: ServerConnection, activities: TrainingActivities): Promise<Worker> {
  return await Worker.create({
    ...common(server),
    taskQueue: trainingQueue,
    activities: { ...activities },
    maxConcurrentActivityTaskExecutions: availableParallelism(),
  });
}

function common({
  connection,
  namespace,
}: ServerConnection): Pick<WorkerOptions, 'connection' | 'namespace' | 'shutdownGraceTime'> {
  return { connection, namespace, shutdownGraceTime };
}
