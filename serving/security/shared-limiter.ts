import type { Drawn, RateLimiter } from './rate-limiter.ts';

/** Callers whose tokens are kept here; those of others are drawn one by one. */
const maxCallers = 10_000;

/**
 * A limiter whose buckets are elsewhere: it draws a few tokens at a time, and is synchronous while it has some. For a caller one draw is on its way at
 * a time, so that no more than one draw's tokens ever lie here unused.
 */
export function createSharedLimiter(draw: (caller: string) => Promise<Drawn>): RateLimiter {
  const left = new Map<string, number>();
  const drawing = new Map<string, Promise<Drawn>>();
  const refill = async (caller: string): Promise<Drawn> => {
    try {
      const drawn = await draw(caller);
      // The first token is for the one that asked.
      if (drawn.granted > 1 && left.size < maxCallers) left.set(caller, drawn.granted - 1);
      return drawn;
    } finally {
      drawing.delete(caller);
    }
  };
  const takeNow = (caller: string): boolean => {
    const tokens = left.get(caller) ?? 0;
    if (tokens > 1) left.set(caller, tokens - 1);
    else left.delete(caller);
    return tokens > 0;
  };
  const take = (caller: string): number | Promise<number> => {
    if (takeNow(caller)) return 0;
    const underway = drawing.get(caller);
    if (underway !== undefined) {
      return underway.then(({ granted, waitMs }) => (granted === 0 ? waitMs : take(caller)));
    }
    const begun = refill(caller);
    drawing.set(caller, begun);
    return begun.then(({ granted, waitMs }) => (granted === 0 ? waitMs : 0));
  };
  return { take, takeNow };
}
