import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessPlan {
  readonly name: string;
  /** File that is run: TypeScript, or plain JavaScript. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Resolves when the process is of use; its messages are handed on. */
  readonly whenReady: (child: ChildProcess) => Promise<void>;
}

/** A process that is kept running until it is stopped. */
export interface Supervised {
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
}

const graceMs = 15_000;
const readyTimeoutMs = 60_000;
const firstBackoffMs = 500;
const maxBackoffMs = 10_000;
const tailLines = 15;

/** Starts a process, waits until it is ready, and starts it again when it dies by itself. */
export async function supervise(plan: ProcessPlan, tell: (text: string) => void): Promise<Supervised> {
  let isStopping = false;
  let backoffMs = firstBackoffMs;
  let child = start(plan);
  await untilReady(plan, child);

  const watch = (): void => {
    child.once('exit', (code, signal) => {
      if (!isStopping) void restart(`ended with ${signal ?? `code ${code}`}`);
    });
  };
  const restart = async (why: string): Promise<void> => {
    tell(`${plan.name} ${why}: starting it again (its log: ${plan.logFile})`);
    await sleep(backoffMs);
    backoffMs = Math.min(backoffMs * 2, maxBackoffMs);
    if (isStopping) return;
    child = start(plan);
    watch();
    const isReady = await untilReady(plan, child).then(
      () => true,
      () => false,
    );
    if (!isReady) return;
    backoffMs = firstBackoffMs;
    tell(`${plan.name} is back`);
  };
  watch();
  return {
    pid: () => child.pid,
    async stop() {
      isStopping = true;
      await end(child);
    },
  };
}

function start({ script, args, env, logFile }: ProcessPlan): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return fork(script, args, {
      execArgv: script.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [],
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log, 'ipc'],
      // Ctrl-C on the terminal goes to the parent alone, which then stops its children in order.
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

async function untilReady(plan: ProcessPlan, child: ChildProcess): Promise<void> {
  const died = once(child, 'exit').then(() => 'ended');
  const late = sleep(readyTimeoutMs, `was not ready within ${readyTimeoutMs / 1000} s`, { ref: false });
  const what = await Promise.race([plan.whenReady(child).then(() => null), died, late]);
  if (what === null) return;
  child.kill('SIGKILL');
  throw new Error(`${plan.name} ${what}. The end of ${plan.logFile}:\n${await tail(plan.logFile)}`);
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-tailLines).join('\n');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}
