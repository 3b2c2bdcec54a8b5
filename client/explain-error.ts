import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { ClientError } from './errors.ts';

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
