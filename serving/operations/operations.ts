import type { FastifyInstance } from 'fastify';
import type { Logger } from 'winston';
import type { ServedModels } from '../slots/served-models.ts';
import { createLoadGate, type LoadGate, type LoadGateOptions } from './load-gate.ts';
import { createMetrics, watchMonitors, watchService, type Metrics } from './metrics.ts';
import type { MonitorFacts } from './monitor-facts.ts';
import { createReadinessProbe, type Readiness } from './readiness.ts';
import { trackRequests } from './track-requests.ts';

/** What those who run the service see of it, and how they take it out of traffic. */
export interface Operations {
  readonly metrics: Metrics;
  readonly gate: Pick<LoadGate, 'tryEnter' | 'leave'>;
  readiness(): Promise<Readiness>;
  isDraining(): boolean;
  /** Tells probes, and clients on connections that are kept, to go elsewhere; what comes is still answered. */
  drain(): void;
  /** Before the routes are registered. */
  track(app: FastifyInstance): void;
  stop(): void;
}

export interface OperationsOptions {
  readonly models: Pick<ServedModels, 'list'>;
  readonly checkLog: () => Promise<void>;
  readonly logger: Logger;
  readonly load?: LoadGateOptions;
  readonly metrics?: Metrics;
  /** What monitors saw; null where nobody can know. */
  readonly readMonitor: ((model: string) => Promise<MonitorFacts>) | null;
}

export function createOperations(options: OperationsOptions): Operations {
  const { models, checkLog, logger, load = {}, metrics = createMetrics() } = options;
  const gate = createLoadGate(load);
  let isDraining = false;
  watchService(metrics, { listModels: () => models.list(), gate, isDraining: () => isDraining });
  if (options.readMonitor !== null) watchMonitors(metrics, () => models.list(), options.readMonitor);
  const isServed = (name: string): boolean => models.list().some(({ model }) => model === name);
  return {
    metrics,
    gate,
    readiness: createReadinessProbe({ models, checkLog, isDraining: () => isDraining }),
    isDraining: () => isDraining,
    drain: () => void (isDraining = true),
    track: (app) => trackRequests(app, { gate, metrics, logger, isServed }),
    stop: () => gate.stop(),
  };
}
