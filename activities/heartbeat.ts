import { Context } from '@temporalio/activity';

const beatEveryMs = 1_000;

/** Beats while `work` runs, so that the death of the worker is noticed in seconds, not at the activity's time-out. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  context.heartbeat();
  const timer = setInterval(() => context.heartbeat(), beatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
