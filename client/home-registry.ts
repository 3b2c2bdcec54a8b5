import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Registry } from '../adapters/ports/registry.ts';
import type { PackageTrust } from '../adapters/registry/keys.ts';
import { openRegistry } from '../adapters/registry/open-registry.ts';
import { homeAt } from '../config/home.ts';
import { readMlflowEnvironment } from '../config/mlflow-environment.ts';
import { ClientError } from './errors.ts';
import { findRunning } from './start/home.ts';
import { mlflowDatabase, mlflowEnvironment } from './start/mlflow.ts';

/**
 * The registry of a home, as its worker and service have it: that of the `incumbent start --mlflow` that runs on it, of MLFLOW_TRACKING_URI,
 * or the embedded one. Throws a ClientError `no-server` where the versions are in an MLflow server that doesn't run.
 */
export async function openHomeRegistry(home: string, trust: PackageTrust): Promise<Registry> {
  const folder = resolve(home);
  const url = (await findRunning(folder))?.mlflowUrl ?? null;
  const mlflow = readMlflowEnvironment(url === null ? process.env : { ...process.env, ...mlflowEnvironment(url) });
  const { registry: directory, packages: cacheDirectory } = homeAt(folder);
  const registry = await openRegistry({ directory, cacheDirectory, mlflow, trust });
  const isElsewhere = mlflow === null && existsSync(mlflowDatabase(folder));
  if (!isElsewhere || (await registry.listModels()).length > 0) return registry;
  const advice = 'start it with `incumbent start --mlflow`, or name another with MLFLOW_TRACKING_URI';
  throw new ClientError('no-server', `${home} keeps its versions in an MLflow server that does not run: ${advice}`);
}
