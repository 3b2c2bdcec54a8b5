import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

export type ClientErrorCode = 'refused' | 'no-lifecycle' | 'no-server' | 'no-report';

/** What a person who asked for something is told: one sentence, and what to do. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClientError';
    this.code = code;
  }
}

const unavailable = 14;

/** Turns what Temporal threw into words; what is not known passes through. */
export function explainError(error: unknown, model: string): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return new ClientError('refused', error.cause.message, { cause: error });
  }
  if (error instanceof WorkflowNotFoundError) {
    return new ClientError('no-lifecycle', `nobody looks after "${model}": start it with \`incumbent start\``, {
      cause: error,
    });
  }
  if (isUnavailable(error)) {
    return new ClientError('no-server', 'the Temporal server does not answer: is `incumbent start` running?', {
      cause: error,
    });
  }
  return error;
}

function isUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return code === unavailable || isUnavailable(cause);
}
