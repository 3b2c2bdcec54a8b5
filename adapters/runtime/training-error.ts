/**
 * `build-failed`: the network or its data can't be trained. `diverged`: the loss is no number. `out-of-memory`: the process
 * had too little of it. `crashed`: the process ended early for another reason. Only the last is worth another attempt as it is.
 */
export type TrainingErrorCode = 'build-failed' | 'diverged' | 'out-of-memory' | 'crashed';

export interface TrainingErrorDetails {
  readonly cause?: unknown;
  /** The child's exit code; null where it was killed, or had not ended. */
  readonly exitCode?: number | null;
  /** The last of what the child wrote to its error stream. */
  readonly stderr?: string;
}

/** A candidate that could not be trained, or a package that could not be scored. */
export class TrainingError extends Error {
  readonly code: TrainingErrorCode;
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(code: TrainingErrorCode, message: string, { cause, exitCode, stderr }: TrainingErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TrainingError';
    this.code = code;
    this.exitCode = exitCode ?? null;
    this.stderr = stderr ?? '';
  }
}
