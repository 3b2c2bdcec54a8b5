import { asyncLocalStorage } from '@temporalio/activity';

/** What an activity uses of its surroundings. */
export interface ActivityScope {
  readonly signal: AbortSignal;
  /** Of the attempt before, if it left any. */
  readonly heartbeatDetails: unknown;
  readonly heartbeat: (details?: unknown) => void;
  /** Into the worker's log. */
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** Nobody cancels, nobody listens: a backtest runs the activities in its own process. */
const detached: ActivityScope = {
  signal: new AbortController().signal,
  heartbeatDetails: undefined,
  heartbeat: () => undefined,
  warn: () => undefined,
};

/** The scope of the running activity, on a worker or off it. */
export function currentScope(): ActivityScope {
  const context = asyncLocalStorage.getStore();
  if (context === undefined) return detached;
  return {
    signal: context.cancellationSignal,
    heartbeatDetails: context.info.heartbeatDetails as unknown,
    heartbeat: (details) => context.heartbeat(details),
    warn: (message, details) => context.log.warn(message, { ...details }),
  };
}
