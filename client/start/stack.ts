import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeDurably } from '../../adapters/files/durable.ts';
import { loadProject, type ProjectOverrides } from '../../config/load-project.ts';
import type { ModelProject } from '../../domain/project.ts';
import { connect } from '../connection.ts';
import { createIncumbentClient, type IncumbentClient } from '../incumbent-client.ts';
import { createPredictionClient, type PredictionClient } from '../prediction-client.ts';
import { ensureSearchAttributes } from '../search-attributes.ts';
import { announceRunning, claimHome, forgetRunning } from './home.ts';
import { servicePlan, temporalPlan, workerPlan, type StackPorts } from './plans.ts';
import { mlflowEnvironment, mlflowPlan, provideMlflow } from './mlflow.ts';
import { freePort } from './ports.ts';
import { supervise, type Supervised } from './supervised.ts';

export interface StackOptions {
  /** Folder of the model project. */
  readonly directory: string;
  /** Folder of everything that must outlive the processes. */
  readonly home: string;
  readonly overrides?: ProjectOverrides;
  readonly ports?: Partial<StackPorts>;
  /** Start an MLflow server, too, and keep versions and runs there. @default false */
  readonly mlflow?: boolean;
  /** More environment for worker and service, e.g. the log's format. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told what happens, a line at a time. */
  readonly onEvent: (text: string) => void;
}

/** A model project with all it needs, running on this machine. */
export interface Stack {
  readonly project: ModelProject;
  /** Absolute path of the project's folder. */
  readonly directory: string;
  readonly temporalAddress: string;
  readonly uiUrl: string;
  readonly serviceUrl: string;
  /** Null where none was started. */
  readonly mlflowUrl: string | null;
  readonly client: IncumbentClient;
  readonly predictions: PredictionClient;
  stop(): Promise<void>;
}

const preferredPorts: StackPorts = { temporal: 7233, ui: 8233, service: 8080, mlflow: 5000 };

async function choosePorts(wanted: Partial<StackPorts> = {}): Promise<StackPorts> {
  return {
    temporal: wanted.temporal ?? (await freePort(preferredPorts.temporal)),
    ui: wanted.ui ?? (await freePort(preferredPorts.ui)),
    service: wanted.service ?? (await freePort(preferredPorts.service)),
    mlflow: wanted.mlflow ?? (await freePort(preferredPorts.mlflow)),
  };
}

/** Starts Temporal, a worker, the prediction service, the model's lifecycle and its monitor; stops all again if one fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const directory = resolve(options.directory);
  const home = resolve(options.home);
  const { overrides = {}, onEvent } = options;
  const project = await loadProject(directory, overrides);
  await claimHome(home);
  await writeDurably(join(home, 'projects', `${project.name}.json`), JSON.stringify({ directory, overrides }));
  const ports = await choosePorts(options.ports);
  const running: Supervised[] = [];
  const stop = async (): Promise<void> => {
    await forgetRunning(home);
    // Service and worker first: they speak to the server until the end.
    for (const one of running.toReversed()) await one.stop();
  };
  try {
    const temporalAddress = `127.0.0.1:${ports.temporal}`;
    const mlflowUrl = options.mlflow === true ? await startMlflow(home, ports.mlflow, running, onEvent) : null;
    const environment = { ...options.environment, ...(mlflowUrl === null ? {} : mlflowEnvironment(mlflowUrl)) };
    running.push(await supervise(temporalPlan(home, ports), onEvent));
    const temporal = await connect({ address: temporalAddress });
    await ensureSearchAttributes(temporal);
    running.push(await supervise(workerPlan(home, ports, environment), onEvent));
    running.push(await supervise(servicePlan(home, ports, project.name, environment), onEvent));
    const client = createIncumbentClient(temporal);
    const ref = { model: project.name, directory };
    await client.startLifecycle(ref, project.policy);
    await client.ensureSchedule(ref, project.policy.monitor.everyMs);
    const uiUrl = `http://127.0.0.1:${ports.ui}`;
    const serviceUrl = `http://127.0.0.1:${ports.service}`;
    const addresses = { temporalAddress, uiUrl, serviceUrl, mlflowUrl };
    await announceRunning(home, { pid: process.pid, model: project.name, ...addresses });
    const predictions = createPredictionClient(serviceUrl);
    const stopAll = async (): Promise<void> => {
      await temporal.connection.close();
      await stop();
    };
    return { project, directory, ...addresses, client, predictions, stop: stopAll };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startMlflow(
  home: string,
  port: number,
  running: Supervised[],
  onEvent: (text: string) => void,
): Promise<string> {
  await provideMlflow();
  await mkdir(join(home, 'mlflow'), { recursive: true });
  running.push(await supervise(mlflowPlan(home, port), onEvent));
  return `http://127.0.0.1:${port}`;
}
