import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { EpochReport } from '../ports/model-runtime.ts';
import { describeEnding } from './ending.ts';
import type { ChildMessage, ChildRequest, ChildResult, ChildState } from './protocol.ts';
import { TrainingError } from './training-error.ts';

const childModule = fileURLToPath(new URL('training-child.ts', import.meta.url));

/** A child that doesn't end on SIGTERM is killed this much later. */
const killAfterMs = 2_000;
const keptStderrCharacters = 4_000;

export interface JobOptions {
  readonly signal: AbortSignal;
  readonly onEpoch: (report: EpochReport) => void;
  readonly onPrepared?: () => void;
}

export interface Answer {
  readonly result: ChildResult;
  /** Null where the child ended when it had answered. */
  readonly state: ChildState | null;
}

/** A forked child that does one job after another. */
export interface TrainingProcess {
  /** Resolves when the child is free again; rejects only when it is gone. */
  ask(request: ChildRequest, options: JobOptions): Promise<Answer>;
  /** An idle child doesn't keep this process from ending, and ends with it. */
  setIdle(idle: boolean): void;
  end(): void;
}

/** Starts a child; `onGone` hears of its end, however that comes. */
export function startTrainingProcess(
  environment: Readonly<Record<string, string>>,
  onGone: () => void,
): TrainingProcess {
  const child = forkChild(environment);
  const stderr = tailOf(child);
  const end = terminator(child);
  let unstarted: TrainingError | null = null;
  child.once('error', (error) => (unstarted = new TrainingError('crashed', error.message, { cause: error })));
  child.once('close', onGone);
  return {
    ask: (request, options) =>
      new Promise((resolve, reject) => {
        const { signal } = options;
        stderr.forget();
        const job = followJob(options, end);
        const release = (): void => {
          child.off('message', listen).off('close', settle);
          signal.removeEventListener('abort', end);
        };
        const listen = (message: ChildMessage): void => {
          const answer = job.hear(message);
          if (answer === null) return;
          release();
          resolve(answer);
        };
        const settle = (exitCode: number | null, exitSignal: string | null): void => {
          release();
          const result = job.endedWith();
          if (result !== null && result.kind !== 'failed') resolve({ result, state: null });
          else
            reject(
              job.failure() ?? unstarted ?? describeEnding(result, { exitCode, exitSignal, stderr: stderr.text() }),
            );
        };
        child.on('message', listen).once('close', settle);
        signal.addEventListener('abort', end, { once: true });
        // A child that is gone already says so by `close`.
        child.send(request, () => undefined);
      }),
    setIdle: (idle) => setIdle(child, idle),
    end,
  };
}

/** What one job's messages amount to. */
function followJob({ signal, onEpoch, onPrepared }: JobOptions, end: () => void) {
  let result: ChildResult | null = null;
  let refused: { readonly reason: unknown } | null = null;
  const failure = (): unknown => (signal.aborted ? signal.reason : refused?.reason);
  const isOff = (): boolean => signal.aborted || refused !== null;
  const report = (epoch: EpochReport): void => {
    try {
      if (!isOff()) onEpoch(epoch);
    } catch (reason) {
      refused = { reason };
      end();
    }
  };
  return {
    /** The answer, once the child is free. */
    hear(message: ChildMessage): Answer | null {
      if (message.kind === 'epoch') report(message.report);
      else if (message.kind === 'prepared') onPrepared?.();
      else if (message.kind !== 'free') result = message;
      else if (result !== null && !isOff()) return { result, state: message.state };
      return null;
    },
    endedWith: () => (isOff() ? null : result),
    failure,
  };
}

function forkChild(environment: Readonly<Record<string, string>>): ChildProcess {
  return fork(childModule, [], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...environment },
  });
}

function terminator(child: ChildProcess): () => void {
  let timer: NodeJS.Timeout | undefined;
  child.once('close', () => clearTimeout(timer));
  return () => {
    child.kill('SIGTERM');
    timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  };
}

function tailOf(child: ChildProcess) {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-keptStderrCharacters);
  });
  return { text: () => tail.trim(), forget: () => void (tail = '') };
}

function setIdle(child: ChildProcess, idle: boolean): void {
  for (const handle of [child, child.channel, child.stderr as Socket | null]) {
    if (idle) handle?.unref();
    else handle?.ref();
  }
}
