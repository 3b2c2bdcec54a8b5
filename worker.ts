import { parseArgs } from 'node:util';
import type { Worker } from '@temporalio/worker';
import type { Logger } from 'winston';
import { createControlActivities, createTrainingActivities } from './activities/index.ts';
import { createLogger } from './adapters/log/logger.ts';
import { tensorflowSettings } from './adapters/runtime/tensorflow-settings.ts';
import { openNotes } from './adapters/notes/file-notes.ts';
import { readWriterTrust } from './adapters/registry/trust.ts';
import { createPseudonymiser } from './adapters/privacy/pseudonyms.ts';
import { openTracing } from './adapters/tracing/open-tracing.ts';
import { readStoreLocation } from './config/store-location.ts';
import { httpfsPath } from './scripts/setup/locate.mjs';
import { readEnvironment } from './config/environment.ts';
import { readMlflowEnvironment } from './config/mlflow-environment.ts';
import { compose } from './worker/compose.ts';
import { connectToServer } from './worker/connect.ts';
import { homeAt } from './config/home.ts';
import { createControlWorker, createTrainingWorker, type QueueName } from './worker/run.ts';
import { installTemporalRuntime } from './worker/temporal-runtime.ts';
import { controlQueue, trainingQueue } from './workflows/messages.ts';

/** What has not arrived in MLflow by then is sent by the next worker. */
const lastShipmentMs = 5_000;
const knownQueues: readonly QueueName[] = [controlQueue, trainingQueue];

function chosenQueues(): readonly QueueName[] {
  const { values } = parseArgs({ options: { queues: { type: 'string', default: knownQueues.join(',') } } });
  return values.queues.split(',').map((name) => {
    const queue = knownQueues.find((known) => known === name.trim());
    if (queue === undefined)
      throw new Error(`--queues: "${name}" is not a queue; give ${knownQueues.join(' or ')} or both`);
    return queue;
  });
}

function stopWhenTold(logger: Logger, stopping: AbortController, workers: readonly Worker[]): void {
  const stop = (why: string): void => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    logger.info(`stopping: ${why}`);
    for (const worker of workers) worker.shutdown();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(signal));
  process.once('disconnect', () => stop('the process that started this worker is gone'));
}

/** Measured where this machine has not been yet; dense stacks don't wait for it. */
async function tellSettings(logger: Logger): Promise<void> {
  try {
    const { description } = await tensorflowSettings();
    logger.info(`TensorFlow trains users' own networks with ${description}`);
  } catch (error) {
    logger.warn("TensorFlow's settings could not be chosen", { reason: String(error) });
  }
}

/** The worker process: polls `control` and `training`, both or either, until it is told to stop. */
async function main(): Promise<void> {
  const queues = chosenQueues();
  const environment = readEnvironment();
  const logger = createLogger({ service: 'worker', format: environment.logFormat, level: environment.logLevel });
  const mlflow = readMlflowEnvironment();
  const trust = await readWriterTrust(environment);
  const stopping = new AbortController();
  installTemporalRuntime(logger, environment.metricsAddress);
  const workers: Worker[] = [];
  stopWhenTold(logger, stopping, workers);
  const tracing = await openTracing('incumbent-worker');
  const server = await connectToServer(logger, stopping.signal);
  const { temporalUi } = environment;
  const deps = await compose(homeAt(environment.home), {
    trust,
    s3: readStoreLocation(httpfsPath()),
    pseudonymise: environment.privacyKey === null ? null : createPseudonymiser(environment.privacyKey),
    temporalUi: temporalUi === null ? null : { url: temporalUi, namespace: server.namespace },
    mlflow,
    examplesMb: environment.examplesMb,
    onTrackingTrouble: (what, error) => void logger.warn(what, { error }),
  });
  const feedbackTraces = openNotes<{ readonly traceparent: string }>(homeAt(environment.home).traces);
  // Loaded only where traces are on.
  const traced = tracing && (await import('./worker/tracing.ts')).traceWorker(tracing, feedbackTraces);
  if (queues.includes('control'))
    workers.push(await createControlWorker(server, createControlActivities(deps), traced));
  if (queues.includes('training'))
    workers.push(await createTrainingWorker(server, createTrainingActivities(deps), traced));

  const running = workers.map((worker) => worker.run());
  logger.info(`polling ${queues.join(' and ')}`);
  process.send?.({ type: 'ready' });
  if (queues.includes('training')) void tellSettings(logger);
  await Promise.all(running);
  await deps.tracking.close(lastShipmentMs);
  await server.connection.close();
  await tracing?.stop();
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`worker: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
