import cluster from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Logger } from 'winston';
import { createLogger } from '../adapters/log/logger.ts';
import { listNoted, openNotes } from '../adapters/notes/file-notes.ts';
import type { Canary } from '../adapters/ports/replicas.ts';
import type { Registry } from '../adapters/ports/registry.ts';
import { defaultPollMs, openRegistry } from '../adapters/registry/open-registry.ts';
import { createPseudonymiser } from '../adapters/privacy/pseudonyms.ts';
import { readReaderTrust } from '../adapters/registry/trust.ts';
import { refuseTwin, startHeartbeat } from '../adapters/replicas/write-heartbeat.ts';
import { loadModel } from '../adapters/runtime/load-model.ts';
import type { PredictionLog } from '../adapters/ports/store.ts';
import { openPredictionLog } from '../adapters/store/prediction-log.ts';
import { openTracing } from '../adapters/tracing/open-tracing.ts';
import { readEnvironment, type Environment } from '../config/environment.ts';
import type { AnswerSettings } from '../domain/answers/settings.ts';
import type { Aliases } from '../domain/lifecycle/aliases.ts';
import { homeAt, type Home } from '../config/home.ts';
import { readMlflowEnvironment } from '../config/mlflow-environment.ts';
import { readStoreLocation } from '../config/store-location.ts';
import { httpfsPath } from '../scripts/setup/locate.mjs';
import { readServiceEnvironment } from '../config/service-environment.ts';
import { toReachableUrl } from './address.ts';
import { checkWritable } from './home.ts';
import { linkToPrimary } from './cluster/link.ts';
import { startPrimary } from './cluster/primary.ts';
import { createMetrics, type Metrics } from './operations/metrics.ts';
import type { FeedbackTrace } from './operations/trace-requests.ts';
import { openSecurity } from './security/open-security.ts';
import { createService } from './service.ts';

/** What has not stopped by then is cut off. */
const stopTimeoutMs = 10_000;

interface Running {
  readonly url: string;
  /** How long probes are told that the service is about to stop, before it does. */
  readonly drainMs: number;
  drain(): void;
  stop(): Promise<void>;
}

/** The real parts on the files of one home directory; resolves when the service listens. */
async function start(environment: Environment, logger: Logger): Promise<Running> {
  const { replicaId, models, host, port } = environment;
  const home = homeAt(environment.home);
  await refuseTwin(home.replicas, replicaId);
  const serviceEnvironment = readServiceEnvironment();
  const directory = home.security;
  const link = cluster.isWorker ? linkToPrimary() : null;
  const security = await openSecurity({ environment: serviceEnvironment, directory, host, logger, cluster: link });
  const trust = await readReaderTrust(environment);
  const mlflow = readMlflowEnvironment();
  const registry = await openRegistry({ directory: home.registry, cacheDirectory: home.packages, mlflow, trust });
  const tracing = await openTracing('incumbent-serving');
  const metrics = createMetrics(true);
  const log = await openLog(environment, home.store, logger, metrics);
  const service = await createService({
    registry,
    log,
    loadModel,
    replicaId,
    logger,
    models,
    pollMs: environment.pollMs ?? defaultPollMs(mlflow),
    ...sourcesAt(home, environment, registry, mlflow !== null),
    bodyLimitBytes: serviceEnvironment.bodyLimitBytes,
    home,
    ...(tracing && { feedbackTraces: openNotes<FeedbackTrace>(home.traces) }),
    security,
    load: serviceEnvironment.load,
    metrics,
    cluster: link,
  });
  const isSecure = security.tls !== null;
  const url = toReachableUrl(host, await service.listen({ host, port, isShared: link !== null }), isSecure);
  // Whoever asks a shared port doesn't know which of the processes answers.
  const ownUrl = link === null ? url : toReachableUrl(host, await service.listenDirectly(host), isSecure);
  const certificate = (): string | null => security.tls?.current().cert ?? null;
  const onError = (error: unknown): void => void logger.warn('the heartbeat could not be written', { error });
  const heartbeat = await startHeartbeat({ directory: home.replicas, replicaId, url: ownUrl, certificate, onError });
  return {
    url,
    drainMs: serviceEnvironment.drainMs,
    drain: () => service.drain(),
    async stop() {
      await heartbeat.stop();
      await service.stop();
      await log.close();
      await security.close();
      await tracing?.stop();
    },
  };
}

/** What the service reads of a home directory, beside its registry. */
function sourcesAt(home: Home, { replicaId, privacyKey }: Environment, registry: Registry, isRemote: boolean) {
  return {
    // Files are not away for a while.
    ...(isRemote && { memory: openNotes<Aliases>(home.followed) }),
    // While the registry is away, those that were followed before.
    discoverModels: () => registry.listModels().catch(() => listNoted(home.followed)),
    pseudonymise: privacyKey === null ? null : createPseudonymiser(privacyKey),
    readSettings: openNotes<AnswerSettings>(home.settings).read,
    readCanary: openNotes<Canary | null>(home.canaries).read,
    checkLog: () => checkWritable(home.store, replicaId),
  };
}

async function openLog(
  environment: Environment,
  directory: string,
  logger: Logger,
  { logFlushed: onFlush }: Metrics,
): Promise<PredictionLog> {
  const { replicaId, logDurability: durability, logRotateMs: maxSegmentAgeMs } = environment;
  const onSealFailed = (error: unknown): void =>
    void logger.warn('a segment of the prediction log stays unsealed', { error });
  const s3 = readStoreLocation(httpfsPath());
  const options = { directory, s3, replicaId, durability, maxSegmentAgeMs, onFlush, onSealFailed };
  return await openPredictionLog(options);
}

/** Resolves with the reason as soon as this process is told to stop. Heard from the start on, obeyed once all is up. */
async function whenTold(): Promise<string> {
  return await new Promise((told) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => told(signal));
    process.once('disconnect', () => told('the process that started this one is gone'));
  });
}

/** The prediction service as a process: serves until it is told to stop. */
async function main(): Promise<void> {
  const told = whenTold();
  const environment = readEnvironment();
  const logger = createLogger({ service: 'serving', format: environment.logFormat, level: environment.logLevel });
  const workers = cluster.isPrimary ? readWorkers() : 1;
  if (workers > 1) return await lead(workers, environment, logger, told);
  const { url, drain, drainMs, stop } = await start(environment, logger);
  logger.info(`prediction service ${environment.replicaId} at ${url}`, { url, replicaId: environment.replicaId });
  if (process.connected) process.send?.({ type: 'listening', url });
  const why = await told;
  logger.info(`stopping: ${why}`);
  setTimeout(cutOff, drainMs + stopTimeoutMs).unref();
  drain();
  // A person at the keyboard waits for no load balancer.
  if (why === 'SIGTERM') await sleep(drainMs);
  await stop();
  process.exit(0);
}

/** An exit would wait for native threads, of which one that hangs is the reason to be here. What was acknowledged is on disk. */
function cutOff(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** `--workers N`, else SERVING_WORKERS. */
function readWorkers(): number {
  const { workers } = parseArgs({ options: { workers: { type: 'string' } } }).values;
  return readServiceEnvironment(workers === undefined ? process.env : { ...process.env, SERVING_WORKERS: workers })
    .workers;
}

/** Leads the processes that share the port; serves nothing itself. */
async function lead(workers: number, environment: Environment, logger: Logger, told: Promise<string>): Promise<void> {
  const { replicaId, host, port } = environment;
  const { url, stop } = await startPrimary({ workers, replicaId, host, port, logger });
  logger.info(`prediction service ${replicaId} at ${url}, ${workers} workers`, { url, replicaId, workers });
  if (process.connected) process.send?.({ type: 'listening', url });
  logger.info(`stopping: ${await told}`);
  setTimeout(() => process.exit(1), readServiceEnvironment().drainMs + 2 * stopTimeoutMs).unref();
  await stop();
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`serving: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
