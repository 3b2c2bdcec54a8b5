import type { Progress } from '../../backtest/protocol.ts';

interface Running extends Progress {
  readonly startedMs: number;
}

export interface BacktestProgress {
  /** Takes in what a policy's replay says of itself; a plain line where a quarter more is done, else null. */
  update(policy: string, progress: Progress, nowMs: number): string | null;
  /** Every policy on one line of at most so many columns. */
  line(nowMs: number, columns: number): string;
}

/** How far the replays are, and about how long they'll still take at the pace so far. */
export function createProgress(policies: readonly string[]): BacktestProgress {
  const running = new Map<string, Running>();
  return {
    update(policy, progress, nowMs) {
      const before = running.get(policy);
      const isSame = before?.unit === progress.unit;
      // A phase says its first word after its first unit of work: the pace is that of the units since.
      const now = { ...progress, startedMs: isSame ? before.startedMs : nowMs };
      running.set(policy, now);
      const quarters = (of: Progress): number => Math.floor((4 * of.done) / of.total);
      return quarters(now) > (isSame ? quarters(before) : 0) ? `${policy}: ${describeInFull(now, nowMs)}` : null;
    },
    line(nowMs, columns) {
      const parts = policies.map((policy) => `${policy} ${describeInShort(running.get(policy), nowMs)}`);
      const whole = parts.join('  ');
      return whole.length <= columns ? whole : `${whole.slice(0, Math.max(0, columns - 1))}…`;
    },
  };
}

function describeInShort(progress: Running | undefined, nowMs: number): string {
  if (progress === undefined) return 'waits';
  const { unit, done, total } = progress;
  const what = unit === 'models' ? 'scoring ' : '';
  const percent = `${what}${Math.floor((100 * done) / total)}%`;
  const leftMs = timeLeftMs(progress, nowMs);
  return leftMs === null || done === total ? percent : `${percent} (${formatDuration(leftMs)} left)`;
}

function describeInFull(progress: Running, nowMs: number): string {
  const { unit, done, total } = progress;
  const verb = unit === 'models' ? 'scored' : 'replayed';
  if (done === total) return `${total} ${unit} ${verb}`;
  const leftMs = timeLeftMs(progress, nowMs);
  const left = leftMs === null ? '' : `, about ${formatDuration(leftMs)} left`;
  return `${done} of ${total} ${unit} ${verb}${left}`;
}

/** Null until two units give a pace. */
function timeLeftMs({ done, total, startedMs }: Running, nowMs: number): number | null {
  return done < 2 ? null : ((nowMs - startedMs) / (done - 1)) * (total - done);
}

function formatDuration(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
