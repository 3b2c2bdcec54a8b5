/** Decides which requests are taken on, so that those that are get their answers soon. */
export interface LoadGate {
  /** Null when the request may enter; then `leave` must follow, once. Else why it may not. */
  tryEnter(): 'full' | 'late' | null;
  leave(): void;
  inFlight(): number;
  /** Of the event loop, smoothed. */
  delayMs(): number;
  stop(): void;
}

export interface LoadGateOptions {
  /** Requests that are worked on at once. By Little's law the last of them waits for as many answers. @default 512 */
  readonly maxInFlight?: number;
  /** Delay of the event loop from which on only a sixteenth of them enter, until it has halved. @default 200 */
  readonly maxDelayMs?: number;
  /** How often the delay is measured. @default 20 */
  readonly everyMs?: number;
  /** Milliseconds that never go back. @default performance.now */
  readonly now?: () => number;
}

/** Share of the newest measurement in the smoothed delay: a garbage collection alone turns nobody away. */
const newestShare = 0.3;

/** Bounded in two ways: requests at work, and the delay of the event loop, which also sees what never got so far as to be counted. */
export function createLoadGate(options: LoadGateOptions = {}): LoadGate {
  const { maxInFlight = 512, maxDelayMs = 200, everyMs = 20, now = () => performance.now() } = options;
  const loop = watchLoop({ maxDelayMs, everyMs, now });
  // Never nobody: a loop that is late for another reason would stay shut for nothing.
  const maxWhenLate = Math.max(1, Math.floor(maxInFlight / 16));
  let inFlight = 0;
  return {
    tryEnter() {
      if (inFlight >= maxInFlight) return 'full';
      if (inFlight >= maxWhenLate && loop.isLate()) return 'late';
      inFlight += 1;
      return null;
    },
    leave: () => void (inFlight -= 1),
    inFlight: () => inFlight,
    delayMs: loop.delayMs,
    stop: loop.stop,
  };
}

/** A timer that comes late shows how long everything else waits, too. */
function watchLoop({ maxDelayMs, everyMs, now }: Required<Omit<LoadGateOptions, 'maxInFlight'>>) {
  let dueAtMs = now() + everyMs;
  let delay: LoopDelay = { delayMs: 0, isLate: false };
  const timer = setInterval(() => {
    const atMs = now();
    delay = stepDelay(delay, Math.max(0, atMs - dueAtMs), maxDelayMs);
    dueAtMs = atMs + everyMs;
  }, everyMs).unref();
  return { isLate: () => delay.isLate, delayMs: () => delay.delayMs, stop: () => clearInterval(timer) };
}

export interface LoopDelay {
  readonly delayMs: number;
  readonly isLate: boolean;
}

/** Late from `maxDelayMs` on, and until half of it: a door that opens and shuts at one line would rattle. */
export function stepDelay({ delayMs, isLate }: LoopDelay, measuredMs: number, maxDelayMs: number): LoopDelay {
  const smoothedMs = delayMs + newestShare * (measuredMs - delayMs);
  return { delayMs: smoothedMs, isLate: smoothedMs > (isLate ? maxDelayMs / 2 : maxDelayMs) };
}
