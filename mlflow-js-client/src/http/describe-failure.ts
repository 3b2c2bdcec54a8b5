import { MlflowError } from '../errors.ts';

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH']);
const tls = /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY)|EPROTO)/;

/** Whether a request that failed like this was never seen by the server, so that sending it again repeats nothing. */
export function wasNeverSent(error: unknown): boolean {
  return neverSent.has(codeOf(error) ?? '');
}

/** A failure without an answer, in words. `where` is the call, e.g. `POST runs/create at http://…`. */
export function describeNetworkFailure(error: unknown, where: string, timeoutMs: number): MlflowError {
  const name = error instanceof Error ? error.name : '';
  const code = codeOf(error);
  const why = reasonOf(error);
  if (name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    const message = `${where}: no answer within ${timeoutMs / 1000} s`;
    return new MlflowError('TIMEOUT', message, { cause: error });
  }
  if (name === 'AbortError') return new MlflowError('ABORTED', `${where}: aborted by the caller`, { cause: error });
  if (code !== undefined && tls.test(code)) {
    const advice =
      'check that the address says http or https as the server does, and give its certificate by NODE_EXTRA_CA_CERTS';
    return new MlflowError('TLS_FAILED', `${where}: no secure connection (${why}); ${advice}`, { cause: error });
  }
  const advice = 'check that the server runs and that the address is right';
  return new MlflowError('CONNECTION_FAILED', `${where}: no connection (${why}); ${advice}`, { cause: error });
}

/** fetch wraps what happened: the code is on its cause, or on the first error of several. */
export function codeOf(error: unknown): string | undefined {
  for (const one of chainOf(error)) if (typeof one.code === 'string') return one.code;
  return undefined;
}

function reasonOf(error: unknown): string {
  const last = chainOf(error).findLast(({ message }) => message !== undefined && message !== '');
  return last?.message ?? String(error);
}

type Link = { readonly message?: string; readonly code?: unknown; readonly cause?: unknown; readonly errors?: unknown };

function chainOf(error: unknown): readonly Link[] {
  if (typeof error !== 'object' || error === null) return [];
  const link = error as Link;
  const inner: unknown = Array.isArray(link.errors) ? (link.errors as unknown[])[0] : link.cause;
  return [link, ...chainOf(inner)];
}
