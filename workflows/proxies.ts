import { proxyActivities } from '@temporalio/workflow';
import type { ControlActivities, TrainingActivities } from '../activities/types.ts';
import { controlQueue, trainingQueue } from './messages.ts';

/** Short and idempotent: tried until it works. A worker that dies is noticed by the missing heartbeat. */
export const control = proxyActivities<ControlActivities>({
  taskQueue: controlQueue,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '5 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '10 seconds' },
});

/** Judging and snapshots read real data: what fails five times needs a person, not a sixth try. */
export const judging = proxyActivities<ControlActivities>({
  taskQueue: controlQueue,
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '5 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds', maximumAttempts: 5 },
});

/** A killed trainer goes on from its checkpoint; one that fails three times by itself is given up. */
export const training = proxyActivities<TrainingActivities>({
  taskQueue: trainingQueue,
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '5 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '10 seconds', maximumAttempts: 3 },
});
