import type { PolicyReport } from './play.ts';
import type { ServedLosses } from './score-served.ts';
import type { BlockLength } from './stream.ts';

/** What one process of a backtest is asked: one strategy on one project. */
export interface ReplayRequest {
  readonly directory: string;
  readonly strategy: string;
  /** Null: as long as suits the history. */
  readonly block: BlockLength | null;
  readonly firstRows: number | null;
  readonly labelDelayRows: number | null;
  /** Score every version that served on all later blocks, too. */
  readonly scoresServed: boolean;
  /** Where models and snapshots are put; thrown away by whoever asked. */
  readonly workDirectory: string;
}

/** Blocks that were replayed, or versions that were scored. */
export interface Progress {
  readonly unit: 'blocks' | 'models';
  readonly done: number;
  readonly total: number;
}

export interface ReplayResult {
  readonly report: PolicyReport;
  /** Null where they weren't asked for. */
  readonly losses: ServedLosses | null;
}

export type ReplayMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: ReplayResult }
  | { readonly kind: 'failed'; readonly message: string };
