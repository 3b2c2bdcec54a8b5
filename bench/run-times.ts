import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { SnapshotTaken } from '../activities/types.ts';
import type { CandidateSpec, TrainedCandidate } from '../adapters/ports/model-runtime.ts';

/** A stretch of time, ms since the epoch, by the server's clock. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds that at least one of the stretches covers. */
export function coveredMs(stretches: readonly Stretch[]): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}

export interface ActivityTimes {
  readonly name: string;
  readonly scheduledAtMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** How a retraining spent its time, from its lifecycle's signal on, as the histories say. */
export interface RunTimes {
  readonly signaledAtMs: number;
  /** Of the lifecycle, from the signal to the run's start. */
  readonly before: readonly ActivityTimes[];
  /** The run. */
  readonly run: Stretch;
  readonly activities: readonly ActivityTimes[];
  readonly trained: readonly TrainedCandidate[];
  readonly snapshotId: string;
  readonly candidates: readonly CandidateSpec[];
}

type Events = NonNullable<Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']>;
type Event = Events[number];

/** Reads the histories of a run that has ended, and of the lifecycle that its newest signal `observed` went to. */
export async function readRun(client: Client, lifecycleId: string, runId: string): Promise<RunTimes> {
  const run = await eventsOf(client, runId);
  const lifecycle = await eventsOf(client, lifecycleId);
  const signaled = lifecycle.filter(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'observed',
  );
  const signaledAtMs = timeOf(signaled.at(-1)!);
  const stretch = { from: timeOf(run[0]!), to: timeOf(run.at(-1)!) };
  return {
    signaledAtMs,
    before: activitiesOf(lifecycle).filter(
      ({ scheduledAtMs }) => scheduledAtMs >= signaledAtMs && scheduledAtMs <= stretch.from,
    ),
    run: stretch,
    activities: activitiesOf(run),
    trained: run.flatMap(trainedBy),
    ...run.flatMap(takenBy)[0]!,
  };
}

async function eventsOf(client: Client, workflowId: string): Promise<Events> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return events ?? [];
}

const timeOf = ({ eventTime }: Event): number => tsToMs(eventTime);

function activitiesOf(events: Events): readonly ActivityTimes[] {
  return events.flatMap((event) => {
    const { scheduledEventId, startedEventId } = event.activityTaskCompletedEventAttributes ?? {};
    if (scheduledEventId === undefined || startedEventId === undefined) return [];
    const scheduled = events.find(({ eventId }) => String(eventId) === String(scheduledEventId))!;
    const started = events.find(({ eventId }) => String(eventId) === String(startedEventId))!;
    const name = scheduled.activityTaskScheduledEventAttributes?.activityType?.name ?? '';
    const [scheduledAtMs, startedAtMs, endedAtMs] = [scheduled, started, event].map(timeOf);
    return [{ name, scheduledAtMs: scheduledAtMs!, startedAtMs: startedAtMs!, endedAtMs: endedAtMs! }];
  });
}

function trainedBy(event: Event): readonly TrainedCandidate[] {
  const value = resultOf<TrainedCandidate>(event);
  return typeof value?.beganAtMs === 'number' ? [value as TrainedCandidate] : [];
}

function takenBy(event: Event): readonly Pick<RunTimes, 'snapshotId' | 'candidates'>[] {
  const { outcome, snapshotId, candidates } = resultOf<Extract<SnapshotTaken, { outcome: 'taken' }>>(event) ?? {};
  if (outcome !== 'taken' || snapshotId === undefined || candidates === undefined) return [];
  return [{ snapshotId, candidates: candidates.filter((one): one is CandidateSpec => !('recalibrates' in one)) }];
}

function resultOf<T>(event: Event): Partial<T> | null {
  const payload = event.activityTaskCompletedEventAttributes?.result?.payloads?.[0];
  return payload ? defaultPayloadConverter.fromPayload<Partial<T> | null>(payload) : null;
}
