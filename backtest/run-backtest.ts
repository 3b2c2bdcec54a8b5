import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PolicyReport } from './play.ts';
import type { ReplayMessage, ReplayRequest } from './protocol.ts';

export interface BacktestOptions extends Omit<ReplayRequest, 'strategy' | 'workDirectory'> {
  readonly strategies: readonly string[];
  /** How far each strategy is, in blocks. */
  readonly onProgress: (strategy: string, done: number, total: number) => void;
}

const childModule = fileURLToPath(new URL('replay-child.ts', import.meta.url));

/** Replays a project's history under each strategy, as many at a time as there are cores, each in a process of its own. */
export async function runBacktest({
  strategies,
  onProgress,
  ...shared
}: BacktestOptions): Promise<readonly PolicyReport[]> {
  const reports = new Map<string, PolicyReport>();
  const waiting = [...strategies];
  const folder = await mkdtemp(join(tmpdir(), 'incumbent-backtest-'));
  const work = async (): Promise<void> => {
    for (let strategy = waiting.shift(); strategy !== undefined; strategy = waiting.shift()) {
      const name = strategy;
      const workDirectory = join(folder, name.replace(':', '-'));
      reports.set(name, await replay({ ...shared, strategy: name, workDirectory }, (d, t) => onProgress(name, d, t)));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), strategies.length) }, work));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return strategies.flatMap((name) => reports.get(name) ?? []);
}

async function replay(
  request: ReplayRequest,
  onProgress: (done: number, total: number) => void,
): Promise<PolicyReport> {
  return await new Promise((resolve, reject) => {
    const child = fork(childModule, [], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      // One core each: the strategies run side by side.
      env: { ...process.env, TF_NUM_INTRAOP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '2' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (message: ReplayMessage) => {
      if (message.kind === 'progress') onProgress(message.done, message.total);
      else if (message.kind === 'done') resolve(message.report);
      else reject(new Error(`${request.strategy}: ${message.message}`));
    });
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      reject(new Error(`the replay of "${request.strategy}" ended early (${signal ?? `exit code ${code}`})`)),
    );
    child.send(request);
  });
}
