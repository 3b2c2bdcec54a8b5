import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { errorSchema } from '../config/wire.ts';
import { PredictionError } from './prediction-error.ts';

export interface CallOptions {
  /** Sent as JSON by POST; without it, GET. */
  readonly body?: object;
  readonly key: string | null;
  readonly timeoutMs: number;
  readonly retries: number;
  /** Doing it twice is as good as once. */
  readonly isRepeatable: boolean;
}

const firstWaitMs = 100;
const longestWaitMs = 10_000;
/** Refusals that come before anything is done. */
const untouched: ReadonlySet<string> = new Set([
  'overloaded',
  'stopping',
  'rate-exceeded',
  'identity-unavailable',
  'audit-unavailable',
]);

interface Failure {
  readonly error: PredictionError;
  /** What the service asked for; null where it said nothing. */
  readonly waitMs: number | null;
}

/** Asks once, and again where that does no harm: as late as the service says, else twice as late each time. */
export async function callService<T>(url: string, schema: z.ZodType<T>, options: CallOptions): Promise<T> {
  for (let turn = 0; ; turn += 1) {
    const answer = await tryOnce(url, schema, options);
    if ('value' in answer) return answer.value;
    if (turn >= options.retries || !mayTryAgain(answer.error, options.isRepeatable)) throw answer.error;
    const waitMs = answer.waitMs ?? firstWaitMs * 2 ** turn;
    // Clients that were turned away together shall not come back together.
    await sleep(Math.min(longestWaitMs, waitMs) * (1 + Math.random() / 4));
  }
}

function mayTryAgain({ status, code, cause }: PredictionError, isRepeatable: boolean): boolean {
  if (untouched.has(code)) return true;
  if (status === 0 && isRefusedConnection(cause)) return true;
  return isRepeatable && (status === 0 || status === 429 || status >= 500);
}

/** Nobody listened, so that nobody heard. */
function isRefusedConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' || isRefusedConnection(error.cause);
}

async function tryOnce<T>(
  url: string,
  schema: z.ZodType<T>,
  { body, key, timeoutMs }: CallOptions,
): Promise<{ readonly value: T } | Failure> {
  const headers = {
    ...(key !== null && { authorization: `Bearer ${key}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  try {
    const response = await fetch(url, { headers, ...post, signal: AbortSignal.timeout(timeoutMs) });
    return await readAnswer(url, response, schema);
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError';
    const message = isLate ? `${url} did not answer within ${timeoutMs} ms` : `${url} can't be reached: fetch failed`;
    return {
      error: new PredictionError(0, { code: isLate ? 'timed-out' : 'unreachable', message, cause }),
      waitMs: null,
    };
  }
}

async function readAnswer<T>(
  url: string,
  response: Response,
  schema: z.ZodType<T>,
): Promise<{ readonly value: T } | Failure> {
  const text = await response.text();
  const answer = parseJson(text);
  // A contradiction is answered with 409 and the same body as success: the others were accepted.
  const parsed = response.ok || response.status === 409 ? schema.safeParse(answer) : null;
  if (parsed?.success === true) return { value: parsed.data };
  const refusal = errorSchema.safeParse(answer);
  const unknown = { code: 'unknown-answer', message: `${url} gave an answer that is not its own` };
  const requestId = response.headers.get('x-request-id');
  const facts = { ...(refusal.success ? refusal.data.error : unknown), requestId };
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  return { error: new PredictionError(response.status, facts), waitMs };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
