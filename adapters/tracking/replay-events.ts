import { TrackingError, type RunKey, type Tracking } from '../ports/tracking.ts';
import { fromStored, type RunEvent } from './run-events.ts';

export interface Replay {
  /** Has the content of the files that events name. */
  readonly journal: Pick<Tracking, 'readArtifact'>;
  readonly mirror: Tracking;
  /** Told what the mirror will never take; the rest goes on. */
  readonly onRefused: (error: TrackingError) => void;
}

/** Tells a tracking what a journal says, in its order; metrics that follow each other in one call. */
export async function replayEvents(events: readonly RunEvent[], run: RunKey, replay: Replay): Promise<void> {
  for (const event of joinMetrics(events)) {
    try {
      await tell(event, run, replay);
    } catch (error) {
      const isRefused =
        error instanceof TrackingError && error.code !== 'unavailable' && error.code !== 'run-not-found';
      if (!isRefused) throw error;
      replay.onRefused(error);
    }
  }
}

async function tell(event: RunEvent, run: RunKey, { journal, mirror }: Replay): Promise<void> {
  switch (event.type) {
    case 'begin': {
      const { name, startedAtMs, tags } = event;
      return await mirror.begin({ run, name, startedAtMs, tags });
    }
    case 'params':
      return await mirror.logParams(run, event.params);
    case 'metrics':
      return await mirror.logMetrics(run, event.points.map(fromStored));
    case 'inputs':
      return await mirror.logInputs(run, event.inputs);
    case 'artifact':
      return await mirror.logArtifact(run, event.path, await journal.readArtifact(run, event.path));
    case 'tags':
      return await mirror.setTags(run, event.tags);
    case 'end':
      return await mirror.end(run, event.status, event.atMs);
  }
}

function joinMetrics(events: readonly RunEvent[]): readonly RunEvent[] {
  const joined: RunEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.type === 'metrics' && last?.type === 'metrics') {
      joined[joined.length - 1] = { type: 'metrics', points: [...last.points, ...event.points] };
    } else joined.push(event);
  }
  return joined;
}
