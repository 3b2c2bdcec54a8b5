/** What went wrong, for code. The first group is MLflow's own, the second is ours. */
export type MlflowErrorCode =
  | 'RESOURCE_DOES_NOT_EXIST'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'INVALID_PARAMETER_VALUE'
  | 'INVALID_STATE'
  | 'BAD_REQUEST'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'REQUEST_LIMIT_EXCEEDED'
  | 'TEMPORARILY_UNAVAILABLE'
  | 'INTERNAL_ERROR'
  /** The server does not know this call: it is too old, or it is no MLflow server. */
  | 'ENDPOINT_NOT_FOUND'
  /** The server refuses the host name that it was called by. */
  | 'HOST_NOT_ALLOWED'
  /** Any other refusal; `serverCode` has the server's word for it. */
  | 'REFUSED'
  /** The tracking URI is no http or https address. */
  | 'INVALID_URI'
  | 'CONNECTION_FAILED'
  | 'TLS_FAILED'
  | 'TIMEOUT'
  | 'ABORTED'
  /** The answer is not what MLflow's interface says. */
  | 'UNEXPECTED_ANSWER'
  /** A key or value that the server would refuse or cut. Nothing was sent of it. */
  | 'LIMIT_EXCEEDED'
  /** An artifact path that leads elsewhere, or that the server would read as another. */
  | 'INVALID_PATH'
  /** The artifacts are not behind this server (`s3:`, `file:`, …). */
  | 'UNSUPPORTED_ARTIFACT_URI'
  | 'CHECKSUM_MISMATCH';

export interface MlflowErrorDetails {
  /** Of the answer; null where there was none. */
  readonly status?: number | null;
  /** `error_code` of the answer; null where it had none. */
  readonly serverCode?: string | null;
  readonly cause?: unknown;
}

/** What every call of this library rejects with. */
export class MlflowError extends Error {
  readonly code: MlflowErrorCode;
  readonly status: number | null;
  readonly serverCode: string | null;

  constructor(code: MlflowErrorCode, message: string, { status, serverCode, cause }: MlflowErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MlflowError';
    this.code = code;
    this.status = status ?? null;
    this.serverCode = serverCode ?? null;
  }
}

/** Whether an error is an MlflowError, of one of the codes where some are given. */
export function isMlflowError(error: unknown, ...codes: readonly MlflowErrorCode[]): error is MlflowError {
  return error instanceof MlflowError && (codes.length === 0 || codes.includes(error.code));
}
