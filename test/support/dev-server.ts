import { TestWorkflowEnvironment } from '@temporalio/testing';
import { onTestFinished } from 'vitest';
import { ensureSearchAttributes } from '../../client/search-attributes.ts';
import { temporalCliPath } from '../../scripts/setup/locate.mjs';
import { quietRuntime } from './temporal.ts';

/** A real dev server in memory, with the search attributes that a lifecycle needs; gone when the test ends. */
export async function startDevServer(extraArgs: readonly string[] = []): Promise<TestWorkflowEnvironment> {
  quietRuntime();
  const env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: temporalCliPath() }, extraArgs: [...extraArgs] },
  });
  onTestFinished(() => env.teardown());
  await ensureSearchAttributes(env.client);
  return env;
}
