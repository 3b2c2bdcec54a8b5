import { resolve } from 'node:path';
import { connect } from '../client/connection.ts';
import { createIncumbentClient } from '../client/incumbent-client.ts';
import { ensureSearchAttributes } from '../client/search-attributes.ts';
import { loadProject } from '../config/load-project.ts';

/** Starts the lifecycle and the monitor of the project in INCUMBENT_PROJECT, where they are not running already. */
async function watch(directory: string): Promise<void> {
  const project = await loadProject(directory);
  const temporal = await connect();
  await ensureSearchAttributes(temporal);
  const client = createIncumbentClient(temporal);
  const ref = { model: project.name, directory };
  await client.startLifecycle(ref, project.policy);
  await client.ensureSchedule(ref, project.policy.monitor.everyMs);
  await temporal.connection.close();
  process.stdout.write(`watching ${project.name}\n`);
}

watch(resolve(process.env['INCUMBENT_PROJECT'] ?? '.')).catch((error: unknown) => {
  process.stderr.write(`watch: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
