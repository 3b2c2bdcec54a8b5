import { statusOfRefusal, type RefusalCode } from '../config/refusal-codes.ts';

export type ServiceErrorCode = RefusalCode;

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
    this.statusCode = statusOfRefusal[code];
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
