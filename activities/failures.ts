import { ApplicationFailure } from '@temporalio/common';

/** Types of the failures that activities raise on purpose; none of them gets better by trying again. */
export const failureTypes = {
  replicasNotReady: 'ReplicasNotReady',
  goldenMismatch: 'GoldenMismatch',
  aliasMoved: 'AliasMoved',
  projectInvalid: 'ProjectInvalid',
} as const;

export type FailureType = (typeof failureTypes)[keyof typeof failureTypes];

export function finalFailure(type: FailureType, message: string, cause?: unknown): ApplicationFailure {
  const failure = { type, message, nonRetryable: true };
  return ApplicationFailure.create(cause instanceof Error ? { ...failure, cause } : failure);
}
