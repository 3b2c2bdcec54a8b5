import { rootCause } from '@temporalio/workflow';

/** The innermost message: what went wrong, without the layers that carried it. */
export function describeError(error: unknown): string {
  return rootCause(error) ?? String(error);
}
