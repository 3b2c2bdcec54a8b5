import type { FastifyInstance } from 'fastify';
import type { Logger } from 'winston';
import type { ServedModels } from '../slots/served-models.ts';
import type { ClusterLink } from '../cluster/link.ts';
import { createLoadGate, type LoadGate, type LoadGateOptions } from './load-gate.ts';
import { createMetrics, watchMonitors, watchService, type Metrics } from './metrics.ts';
import type { MonitorFacts } from './monitor-facts.ts';
import { createReadinessProbe, type Readiness } from './readiness.ts';
import { trackRequests } from './track-requests.ts';

/** What those who run the service see of it, and how they take it out of traffic. */
export interface Operations {
  readonly metrics: Metrics;
  readonly gate: Pick<LoadGate, 'tryEnter' | 'leave'>;
  /** Of all processes behind the port, as text. */
  readMetrics(): Promise<string>;
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
  /** The processes that share the port. @default there is one */
  readonly cluster?: ClusterLink | null;
  /** What monitors saw; null where nobody can know. */
  readonly readMonitor: ((model: string) => Promise<MonitorFacts>) | null;
}

export function createOperations(options: OperationsOptions): Operations {
  const { models, checkLog, logger, load = {}, metrics = createMetrics(), cluster = null } = options;
  cluster?.share(metrics.registry);
  const gate = createLoadGate(load);
  let isDraining = false;
  watchService(metrics, { listModels: () => models.list(), gate, isDraining: () => isDraining });
  if (options.readMonitor !== null) watchMonitors(metrics, () => models.list(), options.readMonitor);
  const isServed = (name: string): boolean => models.list().some(({ model }) => model === name);
  return {
    metrics,
    gate,
    readMetrics: () => (cluster === null ? metrics.registry.metrics() : cluster.readMetrics()),
    readiness: createReadinessProbe({
      models,
      checkLog,
      isDraining: () => isDraining,
      workers: () => cluster?.workers() ?? null,
    }),
    isDraining: () => isDraining,
    drain: () => void (isDraining = true),
    track: (app) => trackRequests(app, { gate, metrics, logger, isServed }),
    stop: () => gate.stop(),
  };
}
