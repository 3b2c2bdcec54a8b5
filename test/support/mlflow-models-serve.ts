import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { freePort } from '../../client/start/ports.ts';
import { mlflowPath } from '../../scripts/setup/locate.mjs';
import { temporaryFolder } from './folders.ts';

const readyTimeoutMs = 180_000;

/** A real `mlflow models serve` of a package, ended with the test; the base URL of its answers. */
export async function serveWithMlflow(packageDirectory: string): Promise<string> {
  const port = await freePort(0);
  const logFile = join(await temporaryFolder(), 'serve.log');
  const log = await open(logFile, 'a');
  const options = ['--env-manager', 'local', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const child = spawn(mlflowPath(), ['models', 'serve', '--model-uri', packageDirectory, ...options], {
    // It starts its server by names that it looks for on the PATH.
    env: {
      ...process.env,
      PATH: `${dirname(mlflowPath())}:${process.env['PATH']}`,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      PYTHONDONTWRITEBYTECODE: '1',
    },
    stdio: ['ignore', log.fd, log.fd],
    detached: true, // a process group of its own: its workers end with it
  });
  await log.close();
  onTestFinished(async () => {
    if (child.exitCode !== null || child.pid === undefined) return;
    const gone = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await gone;
  });
  const url = `http://127.0.0.1:${port}`;
  const deadlineMs = Date.now() + readyTimeoutMs;
  while (child.exitCode === null && Date.now() < deadlineMs) {
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok === true) return url;
    await sleep(100);
  }
  throw new Error(`mlflow models serve did not start:\n${(await readFile(logFile, 'utf8')).slice(-3_000)}`);
}
