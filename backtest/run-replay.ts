import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Progress, ReplayMessage, ReplayRequest, ReplayResult } from './protocol.ts';

const childModule = fileURLToPath(new URL('replay-child.ts', import.meta.url));

/**
 * One strategy in a process of its own; rejects with the signal's reason where that is aborted. The process is gone by the time
 * this settles: its folder can be removed.
 */
export async function runReplay(
  request: ReplayRequest,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<ReplayResult> {
  signal.throwIfAborted();
  const child = fork(childModule, [], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    // One core each: the strategies run side by side.
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '2' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  try {
    return await new Promise((resolve, reject) => {
      let outcome = (code: number | null, by: NodeJS.Signals | null): void =>
        reject(new Error(`the replay of "${request.strategy}" ended early (${by ?? `exit code ${code}`})`));
      child.on('message', (message: ReplayMessage) => {
        if (message.kind === 'progress') onProgress(message.progress);
        else if (message.kind === 'done') outcome = () => resolve(message.result);
        else outcome = () => reject(new Error(`${request.strategy}: ${message.message}`));
      });
      child.on('error', reject);
      child.on('exit', (code, by) => (signal.aborted ? reject(signal.reason as Error) : outcome(code, by)));
      child.send(request, (error) => error && stop());
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
