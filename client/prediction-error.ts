import type { RefusalCode } from '../config/refusal-codes.ts';

/** What the service says, or what kept it from saying anything; a later service may know more. */
type PredictionErrorCode = RefusalCode | 'unreachable' | 'timed-out' | 'unknown-answer' | (string & {});

interface PredictionErrorFacts {
  readonly code: PredictionErrorCode;
  readonly message: string;
  readonly field?: string | undefined;
  readonly requestId?: string | null;
  readonly cause?: unknown;
}

/** What the prediction service refused, in its own words, or why there is no answer of it. */
export class PredictionError extends Error {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly code: PredictionErrorCode;
  /** The field of the request that is wrong, where it is one. */
  readonly field: string | null;
  /** By which the service's log knows the request. */
  readonly requestId: string | null;
  constructor(status: number, { code, message, field, requestId, cause }: PredictionErrorFacts) {
    super(message, { cause });
    this.name = 'PredictionError';
    this.status = status;
    this.code = code;
    this.field = field ?? null;
    this.requestId = requestId ?? null;
  }
}
