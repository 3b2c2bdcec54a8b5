import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../client/start/ports.ts';
import { mlflowPath } from '../../scripts/setup/locate.mjs';
import { peerFile, preparePeers } from '../peers.ts';
import { model } from './home.ts';
import type { Row } from './network.ts';

/** A server of one process group of its own, which can be told apart from all else that takes processor time. */
export interface Server {
  readonly url: string;
  readonly group: number;
  stop(): Promise<void>;
}

/** How one row is asked for. */
export interface Question {
  readonly path: string;
  readonly toBody: (row: Row) => unknown;
}

export const questions = {
  incumbent: { path: `/v1/models/${model}/predict`, toBody: (row) => ({ rows: [row] }) },
  fastapi: { path: '/predict', toBody: (row) => ({ rows: [row] }) },
  mlflow: { path: '/invocations', toBody: (row) => ({ dataframe_records: [row] }) },
} as const satisfies Readonly<Record<string, Question>>;

const readyTimeoutMs = 180_000;

/** The prediction service as it is by default, with one model; `execArgv` for profiles. */
export async function startIncumbent(
  home: string,
  environment: Readonly<Record<string, string>> = {},
  execArgv: readonly string[] = [],
): Promise<Server> {
  const main = fileURLToPath(new URL('../../serving/main.ts', import.meta.url));
  const env = { ...process.env, INCUMBENT_HOME: home, INCUMBENT_REPLICA_ID: 'bench', ...environment };
  return await startNode([...execArgv, '--import', 'tsx', main], env);
}

/** node:http that answers a constant. */
export async function startFloor(): Promise<Server> {
  return await startNode(['--import', 'tsx', fileURLToPath(new URL('floor.ts', import.meta.url))], process.env);
}

async function startNode(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Server> {
  const child = begin(process.execPath, args, env, ['ignore', 'ignore', 'inherit', 'ipc']);
  const listening = once(child, 'message').then(([message]) => (message as { url: string }).url);
  const url = await Promise.race([listening, ended(child)]);
  return { url, group: child.pid!, stop: () => stop(child, 'SIGTERM') };
}

export async function startFastapi(packageDirectory: string): Promise<Server> {
  const port = await freePort(0);
  const args = [peerFile('serving', 'app.py'), packageDirectory, String(port)];
  const child = begin(await preparePeers('serving'), args, process.env, ['ignore', 'ignore', 'inherit']);
  return await whenAnswering(child, `http://127.0.0.1:${port}`, '/docs');
}

export async function startMlflow(packageDirectory: string): Promise<Server> {
  const port = await freePort(0);
  const options = ['--env-manager', 'local', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const child = begin(
    mlflowPath(),
    ['models', 'serve', '--model-uri', packageDirectory, ...options],
    // It starts its server by names that it looks for on the PATH.
    { ...process.env, PATH: `${dirname(mlflowPath())}:${process.env['PATH']}`, MLFLOW_DISABLE_TELEMETRY: 'true' },
    ['ignore', 'ignore', 'ignore'],
  );
  return await whenAnswering(child, `http://127.0.0.1:${port}`, '/health');
}

/** In a process group of its own: what it starts belongs to it. */
function begin(executable: string, args: readonly string[], env: NodeJS.ProcessEnv, stdio: StdioOptions): ChildProcess {
  const child = spawn(executable, args, { env, stdio, detached: true });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

const running = new Set<ChildProcess>();

// Groups of their own outlive a bench that is broken off.
process.once('exit', () => {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

async function whenAnswering(child: ChildProcess, url: string, path: string): Promise<Server> {
  const deadlineMs = Date.now() + readyTimeoutMs;
  while (child.exitCode === null && Date.now() < deadlineMs) {
    const answer = await fetch(`${url}${path}`).catch(() => null);
    if (answer?.ok === true) return { url, group: child.pid!, stop: () => stop(child, 'SIGKILL') };
    await sleep(100);
  }
  await stop(child, 'SIGKILL');
  throw new Error(`${child.spawnargs.join(' ')} did not start`);
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`${child.spawnargs.join(' ')} ended with ${code} before it listened`);
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  process.kill(-child.pid!, signal);
  await gone;
}
