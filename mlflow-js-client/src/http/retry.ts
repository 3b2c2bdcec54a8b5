import { setTimeout as sleep } from 'node:timers/promises';
import { MlflowError, isMlflowError } from '../errors.ts';
import type { RetryOptions } from '../options.ts';
import { wasNeverSent } from './describe-failure.ts';

const transientStatus = new Set([408, 429, 500, 502, 503, 504]);

/** A refusal may say how long to wait. */
export interface Attempt<T> {
  readonly run: () => Promise<T>;
  /** Whether doing it twice is the same as doing it once. */
  readonly isRepeatable: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** `Retry-After` of the last refusal, ms, by the error that tells of it. */
export const retryAfterMs = new WeakMap<MlflowError, number>();

/**
 * Tries again after a failure that may pass, and where that is safe: what can't be repeated is tried again only when the server never saw it
 * or said that it is too busy to have looked at it (429).
 */
export async function withRetries<T>(options: RetryOptions, { run, isRepeatable, signal }: Attempt<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= options.attempts || !isWorthRepeating(error, isRepeatable)) throw error;
      const waitMs = Math.max(backoffMs(options, attempt), retryAfterMs.get(error as MlflowError) ?? 0);
      await sleep(Math.min(waitMs, options.maxDelayMs), undefined, signal === undefined ? {} : { signal }).catch(() => {
        throw new MlflowError('ABORTED', 'aborted by the caller', { cause: error });
      });
    }
  }
}

function isWorthRepeating(error: unknown, isRepeatable: boolean): boolean {
  if (!isMlflowError(error)) return false;
  if (error.code === 'CONNECTION_FAILED') return isRepeatable || wasNeverSent(error.cause);
  if (error.code === 'TIMEOUT') return isRepeatable;
  if (error.status === null || !transientStatus.has(error.status)) return false;
  return error.code !== 'RESOURCE_DOES_NOT_EXIST' && (isRepeatable || error.status === 429);
}

/** Full jitter: many clients that failed together don't come back together. */
function backoffMs({ firstDelayMs, maxDelayMs }: RetryOptions, attempt: number): number {
  return Math.random() * Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
}
