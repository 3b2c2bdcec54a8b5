import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Drawn, Rate } from '../security/rate-limiter.ts';

/** What one process counted, as prom-client tells it. */
export type Measured = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface WorkerCount {
  /** Those that answer. */
  readonly running: number;
  readonly total: number;
}

/** What a worker asks of the process that leads them. */
export type Question =
  | { readonly kind: 'metrics' }
  | { readonly kind: 'tokens'; readonly limiter: string; readonly rate: Rate; readonly caller: string };

export type ToPrimary =
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }
  | { readonly type: 'measured'; readonly id: number; readonly metrics: Measured };

export type ToWorker =
  | { readonly type: 'answer'; readonly id: number; readonly answer: string | Drawn }
  | { readonly type: 'measure'; readonly id: number }
  | ({ readonly type: 'workers' } & WorkerCount);
