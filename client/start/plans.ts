import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporalCliPath } from '../../scripts/setup/locate.mjs';
import { connect } from '../connection.ts';
import type { ProcessPlan } from './supervised.ts';

export interface StackPorts {
  readonly temporal: number;
  readonly ui: number;
  readonly service: number;
  readonly mlflow: number;
}

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const lookEveryMs = 100;

/** The Temporal dev server on a file, so that what it knows outlives it. */
export function temporalPlan(home: string, ports: StackPorts): ProcessPlan {
  const options = [
    ['--ip', '127.0.0.1'],
    ['--port', String(ports.temporal)],
    ['--ui-port', String(ports.ui)],
    ['--db-filename', join(home, 'temporal.db')],
    ['--sqlite-pragma', 'journal_mode=wal'],
    ['--sqlite-pragma', 'synchronous=normal'],
    ['--log-level', 'error'],
  ];
  return {
    name: 'Temporal server',
    script: root('client/start/guard.mjs'),
    args: [temporalCliPath(), 'server', 'start-dev', ...options.flat()],
    env: {},
    logFile: join(home, 'logs', 'temporal.log'),
    whenReady: () => untilServes(`127.0.0.1:${ports.temporal}`),
  };
}

async function untilServes(address: string): Promise<void> {
  for (;;) {
    const client = await connect({ address }).catch(() => null);
    const isUp =
      client !== null &&
      (await client.workflow.count().then(
        () => true,
        () => false,
      ));
    await client?.connection.close();
    if (isUp) return;
    await sleep(lookEveryMs);
  }
}

export function workerPlan(
  home: string,
  ports: StackPorts,
  environment: Readonly<Record<string, string>>,
): ProcessPlan {
  return {
    name: 'worker',
    script: root('worker.ts'),
    args: [],
    env: {
      ...environment,
      INCUMBENT_HOME: home,
      TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
      TEMPORAL_NAMESPACE: 'default',
      INCUMBENT_TEMPORAL_UI: `http://127.0.0.1:${ports.ui}`,
    },
    logFile: join(home, 'logs', 'worker.log'),
    whenReady: (child) => untilSays(child, 'ready'),
  };
}

export function servicePlan(
  home: string,
  ports: StackPorts,
  model: string,
  environment: Readonly<Record<string, string>>,
): ProcessPlan {
  return {
    name: 'prediction service',
    script: root('serving/main.ts'),
    args: [],
    env: {
      ...environment,
      INCUMBENT_HOME: home,
      INCUMBENT_MODELS: model,
      INCUMBENT_REPLICA_ID: 'local',
      HOST: '127.0.0.1',
      PORT: String(ports.service),
    },
    logFile: join(home, 'logs', 'service.log'),
    whenReady: (child) => untilSays(child, 'listening'),
  };
}

async function untilSays(child: ChildProcess, type: string): Promise<void> {
  await new Promise<void>((said) => {
    const hear = (message: unknown): void => {
      if ((message as { type?: string }).type !== type) return;
      child.off('message', hear);
      said();
    };
    child.on('message', hear);
  });
}
