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
