import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EpochReport } from '../ports/model-runtime.ts';
import type { ChildMessage, ChildRequest, ChildResult } from './protocol.ts';
import { TrainingError, type TrainingErrorCode } from './training-error.ts';

const childModule = fileURLToPath(new URL('training-child.ts', import.meta.url));

/** A child that doesn't end on SIGTERM is killed this much later. */
const killAfterMs = 2_000;
const keptStderrCharacters = 4_000;

export interface ChildOptions {
  readonly signal: AbortSignal;
  readonly onEpoch: (report: EpochReport) => void;
}

/** Has a child process do the request; settles when the child is gone, however it went. */
export function runChild(request: ChildRequest, { signal, onEpoch }: ChildOptions): Promise<ChildResult> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = forkChild();
    const stop = terminator(child);
    const stderr = tailOf(child);
    let result: ChildResult | null = null;
    let failure: unknown = null;
    signal.addEventListener('abort', stop.now, { once: true });
    child.on('message', (message: ChildMessage) => {
      if (message.kind !== 'epoch') result = message;
      else if (failure === null && !signal.aborted) {
        try {
          onEpoch(message.report);
        } catch (error) {
          failure = error;
          stop.now();
        }
      }
    });
    child.once('error', (error) => (failure ??= new TrainingError('crashed', error.message, { cause: error })));
    child.once('close', (exitCode, exitSignal) => {
      stop.done();
      signal.removeEventListener('abort', stop.now);
      if (signal.aborted) reject(signal.reason);
      else if (failure !== null) reject(failure);
      else settle(result, { exitCode, exitSignal, stderr: stderr() }, resolve, reject);
    });
    // A child that is gone already says so by `close`.
    child.send(request, () => undefined);
  });
}

function forkChild(): ChildProcess {
  return fork(childModule, [], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      // Sums are then always taken in one order: equal jobs give equal bits.
      TF_NUM_INTRAOP_THREADS: '1',
      TF_NUM_INTEROP_THREADS: '1',
      TF_ENABLE_ONEDNN_OPTS: '0',
      TF_CPP_MIN_LOG_LEVEL: '2',
    },
  });
}

function terminator(child: ChildProcess) {
  let timer: NodeJS.Timeout | undefined;
  return {
    now: () => {
      child.kill('SIGTERM');
      timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    },
    done: () => clearTimeout(timer),
  };
}

function tailOf(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-keptStderrCharacters);
  });
  return () => tail.trim();
}

const endings: Readonly<Record<string, string>> = {
  // Nothing is written then, so this is all that tells a person where to look.
  SIGKILL: 'by SIGKILL, as the system does when memory runs out,',
};

/** V8, C++ and TensorFlow each have their own words for it. */
const memoryRanOut = /heap out of memory|allocation failed|bad_alloc|OOM when allocating/i;

function codeFrom(stderr: string): TrainingErrorCode {
  return memoryRanOut.test(stderr) ? 'out-of-memory' : 'crashed';
}

interface Ending {
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly stderr: string;
}

function settle(
  result: ChildResult | null,
  { exitCode, exitSignal, stderr }: Ending,
  resolve: (result: ChildResult) => void,
  reject: (error: TrainingError) => void,
): void {
  if (result?.kind === 'failed') {
    const code = result.code === 'crashed' ? codeFrom(stderr) : result.code;
    reject(new TrainingError(code, result.message, { exitCode, stderr }));
  } else if (result !== null) {
    resolve(result);
  } else {
    const how = exitSignal === null ? `with exit code ${exitCode}` : (endings[exitSignal] ?? `by ${exitSignal}`);
    const said = stderr === '' ? 'It wrote no error.' : `Its last words:\n${stderr}`;
    reject(
      new TrainingError(codeFrom(stderr), `The training process ended ${how} before it was done. ${said}`, {
        exitCode,
        stderr,
      }),
    );
  }
}
