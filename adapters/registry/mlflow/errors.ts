import { isMlflowError } from 'mlflow-js-client';
import { explainMlflowError } from '../../mlflow/connection.ts';
import { RegistryError } from '../../ports/registry.ts';

/** Errors of MLflow as those of a registry. What it merely can't do now is `unavailable`. */
export function toRegistryError(error: unknown): unknown {
  if (!isMlflowError(error)) return error;
  return new RegistryError('unavailable', `the registry at MLflow: ${explainMlflowError(error)}`, { cause: error });
}

export function versionNotFound(model: string, version: string, cause?: unknown): RegistryError {
  const advice =
    'where an alias names it, give that to another version in MLflow, or roll back with `incumbent rollback`';
  return new RegistryError('version-not-found', `${model} has no version ${version}: ${advice}`, { cause });
}
