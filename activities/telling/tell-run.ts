import type { MetricPoint, RunKey, Tracking } from '../../adapters/ports/tracking.ts';
import type { Dependencies } from '../dependencies.ts';
import { currentScope } from '../scope.ts';

/** What is told of a retraining decides nothing: where it can't be told, that is noted, and the retraining goes on. */
export async function tellRun(
  { tracking }: Dependencies,
  run: RunKey,
  tell: (tracking: Tracking) => Promise<void>,
): Promise<void> {
  try {
    await tell(tracking);
  } catch (error) {
    currentScope().warn('a run could not be told what happened', { ...run, error });
  }
}

/** Points whose step was not told yet: an attempt that goes on from a checkpoint, or is repeated, comes by steps for a second time. */
export async function logNewPoints(tracking: Tracking, run: RunKey, points: readonly MetricPoint[]): Promise<void> {
  const known = new Set((await tracking.read(run))?.metrics.map(({ name, step }) => `${step} ${name}`));
  await tracking.logMetrics(
    run,
    points.filter(({ name, step }) => !known.has(`${step} ${name}`)),
  );
}

/** A name that every tracking takes. */
export function metricName(...parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(/[^\w\-. :]/g, '_')).join('/');
}
