import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { mlflowPath } from '../../scripts/setup/locate.mjs';
import type { ProcessPlan } from './supervised.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const lookEveryMs = 100;

/** Installs MLflow where there is none; says what to do where it can't be installed. */
export async function provideMlflow(): Promise<void> {
  try {
    mlflowPath();
  } catch {
    const options = { stdio: ['ignore', 'inherit', 'inherit'] as ['ignore', 'inherit', 'inherit'] };
    const child = spawn(process.execPath, [root('scripts/setup.mjs'), '--with', 'mlflow'], options);
    await once(child, 'exit');
    mlflowPath();
  }
}

/** Where the server that is started on a home keeps what it knows. */
export const mlflowDatabase = (home: string): string => join(home, 'mlflow', 'mlflow.db');

/** A real MLflow server of one worker, on files of the home directory. */
export function mlflowPlan(home: string, port: number): ProcessPlan {
  const options = [
    ['--backend-store-uri', `sqlite:///${mlflowDatabase(home)}`],
    ['--artifacts-destination', join(home, 'mlflow', 'artifacts')],
    ['--host', '127.0.0.1'],
    ['--port', String(port)],
    ['--workers', '1'],
  ];
  return {
    name: 'MLflow server',
    script: root('client/start/guard.mjs'),
    args: [mlflowPath(), 'server', '--serve-artifacts', ...options.flat()],
    env: { MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' },
    logFile: join(home, 'logs', 'mlflow.log'),
    whenReady: () => untilHealthy(`http://127.0.0.1:${port}/health`),
  };
}

async function untilHealthy(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(lookEveryMs);
  }
}

/** What makes worker and service use it, whatever else the shell says. */
export function mlflowEnvironment(url: string): Readonly<Record<string, string>> {
  return {
    MLFLOW_TRACKING_URI: url,
    MLFLOW_TRACKING_USERNAME: '',
    MLFLOW_TRACKING_PASSWORD: '',
    MLFLOW_TRACKING_TOKEN: '',
  };
}
