import type { ChildResult } from './protocol.ts';
import { TrainingError, type TrainingErrorCode } from './training-error.ts';

/** How a child went, and the last of what it wrote to its error stream. */
export interface Ending {
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly stderr: string;
}

const signals: Readonly<Record<string, string>> = {
  // Nothing is written then, so this is all that tells a person where to look.
  SIGKILL: 'by SIGKILL, as the system does when memory runs out,',
};

/** V8, C++ and TensorFlow each have their own words for it. */
const memoryRanOut = /heap out of memory|allocation failed|bad_alloc|OOM when allocating/i;

function codeFrom(stderr: string): TrainingErrorCode {
  return memoryRanOut.test(stderr) ? 'out-of-memory' : 'crashed';
}

/** What is to be said of a job whose child ended: the failure it told of, or how it ended without a word. */
export function describeEnding(
  failed: Extract<ChildResult, { kind: 'failed' }> | null,
  { exitCode, exitSignal, stderr }: Ending,
): TrainingError {
  if (failed !== null) {
    const code = failed.code === 'crashed' ? codeFrom(stderr) : failed.code;
    return new TrainingError(code, failed.message, { exitCode, stderr });
  }
  const how = exitSignal === null ? `with exit code ${exitCode}` : (signals[exitSignal] ?? `by ${exitSignal}`);
  const said = stderr === '' ? 'It wrote no error.' : `Its last words:\n${stderr}`;
  const message = `The training process ended ${how} before it was done. ${said}`;
  return new TrainingError(codeFrom(stderr), message, { exitCode, stderr });
}
