/** Every way in which the service refuses, with the HTTP status it answers. */
const statusOf = {
  'request-invalid': 400,
  'feature-invalid': 400,
  'label-invalid': 400,
  'route-unknown': 404,
  'model-unknown': 404,
  'version-not-loaded': 404,
  'prediction-unknown': 404,
  'label-contradicts': 409,
  'body-too-large': 413,
  'media-type-unsupported': 415,
  'prediction-failed': 500,
  internal: 500,
  'no-champion': 503,
  'log-unavailable': 503,
  /** Sent with Retry-After. */
  overloaded: 503,
} as const;

export type ServiceErrorCode = keyof typeof statusOf;

/** A refusal with words for the client: what is wrong, where, and what to do. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  readonly statusCode: number;
  readonly field: string | null;
  constructor(code: ServiceErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ServiceError';
    this.code = code;
    this.statusCode = statusOf[code];
    this.field = options.field ?? null;
  }
}

/** The body of a refusal. */
export function toErrorBody({ code, message, field }: ServiceError): {
  error: { code: string; message: string; field?: string };
} {
  return { error: { code, message, ...(field === null ? {} : { field }) } };
}
