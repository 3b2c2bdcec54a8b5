import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { ControlActivities, TrainingActivities } from '../../activities/types.ts';
import { temporalTestServerPath } from '../../scripts/setup/locate.mjs';
import { controlQueue, trainingQueue } from '../../workflows/messages.ts';
import { championAttribute, modelAttribute, phaseAttribute } from '../../workflows/search-attributes.ts';

const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
const historiesDirectory = fileURLToPath(new URL('../replay/histories/', import.meta.url));

let quiet = false;
let bundle: Promise<WorkflowBundleWithSourceMap> | null = null;

/** Temporal's own chatter is not what a test is about. */
export function quietRuntime(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
  });
}

/** The workflow code, bundled once per test process. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  return bundle;
}

export type Activities = ControlActivities & TrainingActivities;

/** A server that skips time, with both workers running on the given activities. Every history is replayed at the end. */
export async function withTimeSkipping(
  activities: Activities,
  work: (env: TestWorkflowEnvironment) => Promise<readonly WorkflowHandle[]>,
  recordAs?: string,
): Promise<void> {
  quietRuntime();
  // The SDK gives the server five seconds, which a busy machine may need for the first start of a program.
  const env = await startServer().catch(startServer);
  try {
    await defineSearchAttributes(env);
    const handles = await withWorkers(env, activities, () => work(env));
    await replayAll(handles, recordAs);
  } finally {
    await env.teardown();
  }
}

function startServer(): Promise<TestWorkflowEnvironment> {
  const executable = { type: 'existing-path', path: temporalTestServerPath() } as const;
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
}

const keyword = 2;

async function defineSearchAttributes({ connection, namespace }: TestWorkflowEnvironment): Promise<void> {
  const names = [modelAttribute, phaseAttribute, championAttribute].map(({ name }) => [name, keyword] as const);
  await connection.operatorService.addSearchAttributes({
    namespace: namespace ?? 'default',
    searchAttributes: Object.fromEntries(names),
  });
}

export async function withWorkers<T>(
  env: TestWorkflowEnvironment,
  activities: Activities,
  work: () => Promise<T>,
): Promise<T> {
  const control = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: controlQueue,
    workflowBundle: await workflowBundle(),
    activities: { ...activities },
  });
  const training = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: trainingQueue,
    activities: { ...activities },
  });
  return await control.runUntil(training.runUntil(work()));
}

/** What was recorded must be what the code does now. With RECORD_HISTORIES set, the histories are kept for test/replay. */
export async function replayAll(handles: readonly WorkflowHandle[], recordAs?: string): Promise<void> {
  for (const handle of handles) {
    const history = await handle.fetchHistory();
    if (recordAs !== undefined && process.env['RECORD_HISTORIES'] !== undefined) {
      await mkdir(historiesDirectory, { recursive: true });
      const name = `${handle.workflowId.split('/')[0]}-0.1-${recordAs}.json`;
      await writeFile(join(historiesDirectory, name), `${historyToJSON(history)}\n`);
    }
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, handle.workflowId);
  }
}
