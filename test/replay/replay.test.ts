import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { quietRuntime, workflowBundle } from '../support/temporal.ts';

const directory = fileURLToPath(new URL('./histories/', import.meta.url));
const files = readdirSync(directory).filter((name) => name.endsWith('.json'));

interface RecordedEvent {
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
}

function readHistory(file: string): { events: RecordedEvent[] } {
  return JSON.parse(readFileSync(`${directory}${file}`, 'utf8')) as { events: RecordedEvent[] };
}

beforeAll(quietRuntime);

describe('workflows of earlier releases', () => {
  it('have recorded histories', () => {
    expect(files.length).toBeGreaterThan(3);
  });

  it.each(files)('still follow %s', async (file) => {
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, readHistory(file));
  });

  it('are caught when they would do something else', async () => {
    const history = readHistory('lifecycle-0.1-confirmed.json');
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes !== undefined);
    if (scheduled?.activityTaskScheduledEventAttributes === undefined) throw new Error('no activity was recorded');
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'somethingElse';
    await expect(Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history)).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});
