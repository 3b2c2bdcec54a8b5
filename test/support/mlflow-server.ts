import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { freePort } from '../../client/start/ports.ts';
import { mlflowPath } from '../../scripts/setup/locate.mjs';

export interface MlflowServerOptions {
  /** Holds the server's database, artifacts and log; a server started again on it knows what the one before knew. */
  readonly directory: string;
  /** Another than a free one, e.g. that of a server that was killed. */
  readonly port?: number;
  /** More options of `mlflow server`. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Another `mlflow` than the one that set-up provides. */
  readonly mlflow?: string;
}

export interface MlflowServer {
  /** Base URL, e.g. http://127.0.0.1:41234 */
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  /** Ends it and its workers the polite way. */
  stop(): Promise<void>;
  /** Ends it and its workers the hard way. */
  kill(): Promise<void>;
  /** Lets it and its workers stand still: they take connections, and answer nothing. */
  freeze(): void;
  thaw(): void;
}

const lookEveryMs = 100;
const readyTimeoutMs = 120_000;
const startTimeoutMs = 130_000;

/** A real MLflow server of one worker, on a SQLite file; resolves when it answers. Whoever starts it stops it. */
export async function startMlflowServer(options: MlflowServerOptions): Promise<MlflowServer> {
  const { directory, args = [], environment = {}, mlflow = mlflowPath() } = options;
  const port = options.port ?? (await freePort(0));
  await mkdir(directory, { recursive: true });
  const logFile = join(directory, 'server.log');
  const log = await open(logFile, 'a');
  const child = spawn(mlflow, ['server', ...serverArguments(directory, port), ...args], {
    env: {
      ...process.env,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      ...environment,
    },
    stdio: ['ignore', log.fd, log.fd],
    cwd: directory, // basic auth keeps its users in a file of its own there
    detached: true, // a process group of its own: its workers end with it
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(url, child, logFile);
  } catch (error) {
    await end(child, 'SIGKILL');
    throw error;
  } finally {
    await log.close();
  }
  return {
    url,
    port,
    directory,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
    freeze: () => signal(child, 'SIGSTOP'),
    thaw: () => signal(child, 'SIGCONT'),
  };
}

function serverArguments(directory: string, port: number): readonly string[] {
  const options = [
    ['--backend-store-uri', `sqlite:///${join(directory, 'mlflow.db')}`],
    ['--artifacts-destination', join(directory, 'artifacts')],
    ['--host', '127.0.0.1'],
    ['--port', String(port)],
    ['--workers', '1'],
  ];
  return ['--serve-artifacts', ...options.flat()];
}

async function untilHealthy(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadlineMs = Date.now() + readyTimeoutMs;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadlineMs) {
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(lookEveryMs);
  }
  throw new Error(`the MLflow server did not start:\n${(await readFile(logFile, 'utf8')).slice(-3_000)}`);
}

async function end(child: ChildProcess, how: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  signal(child, how);
  await gone;
}

/** To the whole process group. */
function signal(child: ChildProcess, what: NodeJS.Signals): void {
  if (child.pid !== undefined) process.kill(-child.pid, what);
}

export const admin = { username: 'admin', password: 'of-these-tests-1' } as const;

/** What makes a server want credentials, and know those of `admin`: of MLflow 2 and 3. */
export async function writeBasicAuth(directory: string): Promise<Pick<MlflowServerOptions, 'args' | 'environment'>> {
  const file = join(directory, 'basic-auth.ini');
  const lines = [
    '[mlflow]',
    'default_permission = READ',
    `database_uri = sqlite:///${join(directory, 'basic-auth.db')}`,
    `admin_username = ${admin.username}`,
    `admin_password = ${admin.password}`,
    'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
  ];
  await writeFile(file, lines.join('\n'));
  const environment = { MLFLOW_AUTH_CONFIG_PATH: file, MLFLOW_FLASK_SERVER_SECRET_KEY: 'of-these-tests' };
  return { args: ['--app-name', 'basic-auth'], environment };
}

/** One server for all tests of a file. */
export function useMlflowServer(options: Partial<MlflowServerOptions> = {}): () => MlflowServer {
  let server: MlflowServer;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'incumbent-mlflow-'));
    server = await startMlflowServer({ directory, ...options });
  }, startTimeoutMs);
  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  return () => server;
}
