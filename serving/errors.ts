/** Every way in which the service refuses, with the HTTP status it answers. */
const statusOf = {
  'request-invalid': 400,
  'feature-invalid': 400,
  'label-invalid': 400,
  unauthenticated: 401,
  forbidden: 403,
  'route-unknown': 404,
  'model-unknown': 404,
  'version-not-loaded': 404,
  'prediction-unknown': 404,
  'method-unknown': 405,
  'label-contradicts': 409,
  'body-too-large': 413,
  'media-type-unsupported': 415,
  'rate-exceeded': 429,
  'headers-too-large': 431,
  'prediction-failed': 500,
  internal: 500,
  'no-champion': 503,
  'log-unavailable': 503,
  'identity-unavailable': 503,
  'audit-unavailable': 503,
  /** Sent with Retry-After. */
  overloaded: 503,
  stopping: 503,
  'settings-unavailable': 503,
} as const;

export type ServiceErrorCode = keyof typeof statusOf;

interface ServiceErrorOptions {
  readonly field?: string;
  readonly cause?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal with words for the client: what is wrong, where, and what to do. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  readonly statusCode: number;
  readonly field: string | null;
  /** Headers of the answer beside those that every refusal has. */
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: ServiceErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'ServiceError';
    this.code = code;
    this.statusCode = statusOf[code];
    this.field = options.field ?? null;
    this.headers = options.headers ?? {};
  }
}

/** The body of a refusal. */
export function toErrorBody({ code, message, field }: ServiceError): {
  error: { code: string; message: string; field?: string };
} {
  return { error: { code, message, ...(field === null ? {} : { field }) } };
}
