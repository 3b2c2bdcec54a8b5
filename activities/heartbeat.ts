import { currentScope } from './scope.ts';

const beatEveryMs = 1_000;

/** Beats while `work` runs, so that the death of the worker is noticed in seconds, not at the activity's time-out. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const scope = currentScope();
  scope.heartbeat();
  const timer = setInterval(() => scope.heartbeat(), beatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
