import type { z } from 'zod';
import type { MlflowError } from '../errors.ts';
import type { Auth, RetryOptions } from '../options.ts';
import { authHeaders } from './address.ts';
import { describeRefusal, describeUnexpected, parseJson } from './describe-answer.ts';
import { describeNetworkFailure } from './describe-failure.ts';
import { retryAfterMs, withRetries } from './retry.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Of one try. @default that of the client */
  readonly timeoutMs?: number;
}

export interface Call<S extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/2.0/mlflow/`. */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly answer: S;
  /** Whether doing it twice is the same as doing it once. @default true for GET */
  readonly isRepeatable?: boolean;
}

export interface Transport {
  call<S extends z.ZodType>(call: Call<S>, options?: CallOptions): Promise<z.output<S>>;
}

export interface TransportOptions {
  readonly base: string;
  readonly auth: Auth;
  readonly timeoutMs: number;
  readonly retry: RetryOptions;
  readonly fetch: typeof globalThis.fetch;
}

/** JSON over HTTP, with what can go wrong there as MlflowError. */
export function createTransport(options: TransportOptions): Transport {
  return {
    async call(call, { signal, timeoutMs = options.timeoutMs } = {}) {
      const patient = { ...options, timeoutMs };
      const { method, path, isRepeatable = method === 'GET' } = call;
      const where = `${method} ${path} at ${options.base}`;
      const run = async (): Promise<z.output<typeof call.answer>> => {
        const { status, text } = await send(patient, call, where, signal);
        return read(call.answer, where, status, text);
      };
      return await withRetries(options.retry, { run, isRepeatable, signal });
    },
  };
}

/** One try; where a provider's headers were refused, one more with fresh ones. */
async function send(options: TransportOptions, call: Call<z.ZodType>, where: string, signal: AbortSignal | undefined) {
  let answer = await sendOnce(options, call, where, signal, false);
  if (answer.status === 401 && options.auth.kind === 'provider')
    answer = await sendOnce(options, call, where, signal, true);
  const { status, text, waitMs } = answer;
  if (status >= 200 && status < 300) return { status, text };
  const error: MlflowError = describeRefusal(where, status, text);
  if (waitMs !== null) retryAfterMs.set(error, waitMs);
  throw error;
}

async function sendOnce(
  { base, auth, timeoutMs, fetch }: TransportOptions,
  { method, path, query = {}, body }: Call<z.ZodType>,
  where: string,
  signal: AbortSignal | undefined,
  isRefused: boolean,
) {
  const headers = await authHeaders(auth, isRefused);
  // AbortSignal.timeout would keep its timer for as long, and costs more than the rest of this.
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new DOMException('no answer', 'TimeoutError')), timeoutMs);
  try {
    const response = await fetch(`${base}/api/2.0/mlflow/${path}${toQuery(query)}`, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, waitMs: toWaitMs(response.headers.get('retry-after')) };
  } catch (error) {
    throw describeNetworkFailure(signal?.aborted === true ? abortError() : error, where, timeoutMs);
  } finally {
    clearTimeout(timer);
  }
}

/** However the caller words the reason of an abort, it is an abort. */
export function abortError(): Error {
  return new DOMException('aborted', 'AbortError');
}

function toQuery(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)])).toString()}`;
}

function read<S extends z.ZodType>(schema: S, where: string, status: number, text: string): z.output<S> {
  const json = text === '' ? {} : parseJson(text);
  if (json === undefined) throw describeUnexpected(where, status, text, 'the answer is no JSON');
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const why = `the answer is not as MLflow's: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  throw describeUnexpected(where, status, text, why);
}

/** Seconds, or a date. */
function toWaitMs(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
