/** So many a second on the average, so many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Token buckets, one per caller. */
export interface RateLimiter {
  /** Takes one; 0 when it was there, else the milliseconds until there is one. */
  take(caller: string): number | Promise<number>;
  /** Takes one where that can be done at once; takes nothing otherwise. */
  takeNow(caller: string): boolean;
}

/** What a bucket gave, and if nothing, the milliseconds until it has one. */
export interface Drawn {
  readonly granted: number;
  readonly waitMs: number;
}

/** Buckets of this process. */
export interface LocalRateLimiter extends RateLimiter {
  take(caller: string): number;
  /** Takes up to so many. */
  draw(caller: string, most: number): Drawn;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Those that have not been used for longest are forgotten beyond this; a bucket that was forgotten is full again. */
const maxBuckets = 10_000;

/** @param now milliseconds that never go back */
export function createRateLimiter(
  { perSecond, burst }: Rate,
  now: () => number = () => performance.now(),
): LocalRateLimiter {
  const buckets = new Map<string, Bucket>();
  const perMs = perSecond / 1_000;
  const open = (caller: string, atMs: number): Bucket => {
    if (buckets.size >= maxBuckets) forgetFull(buckets, atMs, burst / perMs);
    const bucket = { tokens: burst, atMs };
    buckets.set(caller, bucket);
    return bucket;
  };
  const fill = (caller: string): Bucket => {
    const atMs = now();
    const bucket = buckets.get(caller) ?? open(caller, atMs);
    bucket.tokens = Math.min(burst, bucket.tokens + (atMs - bucket.atMs) * perMs);
    bucket.atMs = atMs;
    return bucket;
  };
  const draw = (caller: string, most: number): Drawn => {
    const bucket = fill(caller);
    const granted = Math.min(most, Math.floor(bucket.tokens));
    bucket.tokens -= granted;
    return { granted, waitMs: granted > 0 ? 0 : Math.ceil((1 - bucket.tokens) / perMs) };
  };
  return {
    take: (caller) => draw(caller, 1).waitMs,
    takeNow: (caller) => draw(caller, 1).granted > 0,
    draw,
  };
}

/** Buckets that are full by now say nothing; if there is none, the oldest tenth goes. */
function forgetFull(buckets: Map<string, Bucket>, atMs: number, fillMs: number): void {
  for (const [caller, bucket] of buckets) if (atMs - bucket.atMs >= fillMs) buckets.delete(caller);
  for (const caller of buckets.keys()) {
    if (buckets.size < maxBuckets * 0.9) break;
    buckets.delete(caller);
  }
}
