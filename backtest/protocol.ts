import type { PolicyReport } from './play.ts';
import type { BlockLength } from './stream.ts';

/** What one process of a backtest is asked: one strategy on one project. */
export interface ReplayRequest {
  readonly directory: string;
  readonly strategy: string;
  readonly block: BlockLength;
  readonly firstRows: number | null;
  readonly labelDelayRows: number | null;
  /** Where models and snapshots are put; thrown away by whoever asked. */
  readonly workDirectory: string;
}

export type ReplayMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly report: PolicyReport }
  | { readonly kind: 'failed'; readonly message: string };
