import type { FastifyInstance } from 'fastify';
import type { Logger } from 'winston';
import type { LoadModel } from '../adapters/ports/model-runtime.ts';
import type { Canary } from '../adapters/ports/replicas.ts';
import type { Notes } from '../adapters/ports/notes.ts';
import type { Registry } from '../adapters/ports/registry.ts';
import type { PredictionLog } from '../adapters/ports/store.ts';
import type { Pseudonymise } from '../adapters/privacy/pseudonyms.ts';
import { createFilePackages } from '../adapters/packages/file-packages.ts';
import type { AnswerFacts } from '../domain/answers/facts.ts';
import type { AnswerSettings } from '../domain/answers/settings.ts';
import type { Aliases } from '../domain/lifecycle/aliases.ts';
import type { Home } from '../config/home.ts';
import { registerDashboard } from './dashboard/routes.ts';
import type { ClusterLink } from './cluster/link.ts';
import { listenDirectly, type DirectServer } from './cluster/direct-server.ts';
import { createHttp, type HttpOptions } from './http.ts';
import type { LoadGateOptions } from './operations/load-gate.ts';
import { createMetrics, type Metrics } from './operations/metrics.ts';
import { createMonitorReader } from './operations/monitor-facts.ts';
import { createOperations } from './operations/operations.ts';
import type { FeedbackTrace } from './operations/trace-requests.ts';
import { createIdMaker } from './prediction-ids.ts';
import { createModelSlots, type ModelSlots } from './slots/model-slots.ts';
import { createSettings } from './settings.ts';
import { createServedModels } from './slots/served-models.ts';

export interface ServiceOptions {
  readonly registry: Pick<Registry, 'fetchPackage' | 'getAliases' | 'listVersions'>;
  readonly log: PredictionLog;
  readonly loadModel: LoadModel;
  /** @default the package's own file */
  readonly readFacts?: (packageDirectory: string) => Promise<AnswerFacts | null>;
  readonly replicaId: string;
  readonly logger: Logger;
  /** Models to serve; null: all that `discoverModels` finds, now and later. */
  readonly models: readonly string[] | null;
  readonly discoverModels: () => Promise<readonly string[]>;
  /** Stands in for values that nobody may see. @default null, no key is set */
  readonly pseudonymise?: Pseudonymise | null;
  /** What the project says of answers; null where it has said nothing. @default nothing */
  readonly readSettings?: (model: string) => Promise<AnswerSettings | null>;
  /** The canary that a promotion has opened for a model. @default there never is one */
  readonly readCanary?: (model: string) => Promise<Canary | null>;
  /** The aliases that were followed last, for a start while the registry is away. @default nothing is remembered */
  readonly memory?: Notes<Aliases>;
  /** Rejects with the reason when nothing can be logged. */
  readonly checkLog: () => Promise<void>;
  /** @default 200 */
  readonly pollMs?: number;
  /** Largest absolute difference between a golden prediction and its replay. @default 1e-5 */
  readonly goldenTolerance?: number;
  /** Wait before a version that could not be loaded is tried again; doubles up to a minute. @default 1000 */
  readonly firstRetryMs?: number;
  /** @default 16 MiB */
  readonly bodyLimitBytes?: number;
  /** Whose files the page at `/` shows; without it there is no page. */
  readonly home?: Home;
  /** The processes that share the port. @default there is one */
  readonly cluster?: ClusterLink | null;
  /** Without it anybody may do anything. */
  readonly security?: HttpOptions['security'];
  /** When requests are turned away. */
  readonly load?: LoadGateOptions;
  /** Where traces of feedback are noted for the monitor, and with it, that requests are traced at all. */
  readonly feedbackTraces?: Notes<FeedbackTrace>;
  /** Those of the process; without them, the service's own. */
  readonly metrics?: Metrics;
}

/** One replica of the prediction service. It owns its HTTP server and the models in memory, not the log. */
export interface Service {
  readonly app: FastifyInstance;
  /**
   * Resolves to the port when what the aliases name has been loaded, or has failed to. Listens at once, except at a port that is shared:
   * others answer there meanwhile.
   */
  listen(address: { readonly host: string; readonly port: number; readonly isShared?: boolean }): Promise<number>;
  /** A further port, of this process alone; after `listen`. */
  listenDirectly(host: string): Promise<number>;
  /** Turns probes and clients away from here; what comes is still answered. */
  drain(): void;
  /** Stops accepting, finishes what is in flight, lets the models go. */
  stop(): Promise<void>;
}

/** A request that has not finished by then is cut off. */
const stopTimeoutMs = 5_000;
const defaultBodyLimitBytes = 16 * 1024 * 1024;

export async function createService(options: ServiceOptions): Promise<Service> {
  const { log, replicaId, logger, models, discoverModels, checkLog } = options;
  const { pollMs = 200, bodyLimitBytes = defaultBodyLimitBytes, security = null } = options;
  const settings = createSettings(options.readSettings ?? (() => Promise.resolve(null)), (model, error) => {
    logger.error(`${model}: its settings can't be read`, { model, error });
  });
  const createSlots = (model: string): ModelSlots => {
    const slots = createLoggedSlots(options, model);
    // Read before the first version is loaded, so that no row is logged before it is known how.
    const follow = (): Promise<void> => settings.refresh(model).then(() => slots.follow());
    return { ...slots, follow };
  };
  const served = createServedModels({ models, discoverModels, createSlots, pollMs });
  const { pseudonymise = null } = options;
  const readMonitor = options.home === undefined ? null : createMonitorReader(options.home);
  const makeId = createIdMaker(replicaId);
  const deps = { models: served, log, settings, pseudonymise, readMonitor, replicaId, logger, makeId };
  const { load = {}, metrics = createMetrics(), cluster = null } = options;
  const operations = createOperations({ models: served, checkLog, logger, load, metrics, readMonitor, cluster });
  const app = await createHttp(deps, { bodyLimitBytes, security, operations, trace: await loadTracer(options) });
  if (options.home !== undefined) await registerDashboard(app, options.home, served);
  let direct: DirectServer | null = null;
  return {
    app,
    drain: () => operations.drain(),
    async listen({ host, port, isShared = false }) {
      const followed = served.start();
      if (isShared) await followed;
      await app.listen({ host, port });
      await followed;
      const bound = app.server.address();
      return typeof bound === 'object' ? (bound?.port ?? port) : port;
    },
    async listenDirectly(host) {
      direct = await listenDirectly(app, host, security?.tls ?? null);
      return direct.port;
    },
    async stop() {
      const late = setTimeout(() => app.server.closeAllConnections(), stopTimeoutMs);
      await app.close();
      await direct?.close();
      clearTimeout(late);
      await served.stop();
      operations.stop();
    },
  };
}

/** Nothing of it is loaded where nobody collects traces. */
async function loadTracer({ feedbackTraces, log, logger }: ServiceOptions): Promise<HttpOptions['trace']> {
  if (feedbackTraces === undefined) return null;
  const { traceRequests } = await import('./operations/trace-requests.ts');
  return (app) => traceRequests(app, { notes: feedbackTraces, log, logger });
}

function createLoggedSlots(options: ServiceOptions, model: string): ModelSlots {
  const { readCanary = () => Promise.resolve(null) } = options;
  const { registry, loadModel, logger, goldenTolerance = 1e-5, firstRetryMs = 1_000 } = options;
  const readFacts = options.readFacts ?? createFilePackages().readAnswers;
  return createModelSlots({
    model,
    registry,
    readCanary,
    ...(options.memory && { memory: options.memory }),
    loadModel,
    readFacts,
    onExplainFailure: (error) => void logger.warn(`${model}: an explanation failed`, { model, error }),
    goldenTolerance,
    firstRetryMs,
    onSwitch: (from, to) => {
      logger.info(`${model}: version ${to ?? 'none'} serves now, ${from ?? 'none'} did before`, { model, from, to });
    },
    onLoad: ({ version, model: { engine } }) => {
      const how = engine.kind === 'compiled' ? 'compiled' : `TensorFlow answers for it, because ${engine.reason}`;
      logger.info(`${model}: version ${version} is loaded, ${how}`, { model, version, engine });
    },
    onFailure: ({ version, attempts, retryAtMs }, error) => {
      const next = new Date(retryAtMs).toISOString();
      logger.error(`${model}: version ${version} can't be loaded (attempt ${attempts}, next ${next})`, {
        model,
        error,
      });
    },
  });
}
