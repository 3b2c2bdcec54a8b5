import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyReport } from './play.ts';
import type { Progress, ReplayRequest, ReplayResult } from './protocol.ts';
import { measureRegret, type Hindsight } from './regret.ts';
import { runReplay } from './run-replay.ts';

export interface BacktestOptions extends Omit<ReplayRequest, 'strategy' | 'workDirectory' | 'scoresServed'> {
  readonly strategies: readonly string[];
  /** What a retraining costs, where regret is to be measured; null leaves that out. */
  readonly regretCost: number | null;
  readonly onProgress: (strategy: string, progress: Progress) => void;
  /** Ends every replay; nothing of them is left. */
  readonly signal: AbortSignal;
}

export interface Backtest {
  readonly reports: readonly PolicyReport[];
  readonly hindsight: Hindsight | null;
}

/** Replays a project's history under each strategy, as many at a time as there are cores, each in a process of its own. */
export async function runBacktest(options: BacktestOptions): Promise<Backtest> {
  const folder = await mkdtemp(join(tmpdir(), 'incumbent-backtest-'));
  try {
    const results = await replayAll(options, folder);
    const replays = results.flatMap(({ report, losses }) => (losses === null ? [] : [{ report, losses }]));
    const hindsight = options.regretCost === null ? null : measureRegret(replays, options.regretCost);
    return { reports: results.map(({ report }) => report), hindsight };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In the order of the strategies. Where one fails the others are stopped, and over when this rejects. */
async function replayAll(
  { strategies, regretCost, onProgress, signal, ...shared }: BacktestOptions,
  folder: string,
): Promise<readonly ReplayResult[]> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const waiting = [...strategies.entries()];
  const results: ReplayResult[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, strategy] = next;
      const request = {
        ...shared,
        strategy,
        scoresServed: regretCost !== null,
        workDirectory: join(folder, `${index}`),
      };
      try {
        results[index] = await runReplay(request, stop, (progress) => onProgress(strategy, progress));
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(availableParallelism(), strategies.length) }, work);
  await Promise.allSettled(workers);
  await Promise.all(workers);
  return results;
}
