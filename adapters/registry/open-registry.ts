import { connectToMlflow, type MlflowSettings } from '../mlflow/connection.ts';
import type { Registry } from '../ports/registry.ts';
import { openEmbeddedRegistry } from './embedded.ts';
import type { PackageTrust } from './keys.ts';
import { openMlflowRegistry } from './mlflow/registry.ts';

export interface RegistryPlace {
  /** Of the embedded registry. */
  readonly directory: string;
  /** Of local copies of packages whose registry is elsewhere. */
  readonly cacheDirectory: string;
  /** Null chooses the embedded one. */
  readonly mlflow: MlflowSettings | null;
  readonly trust: PackageTrust;
}

/** How often readers look at aliases where nobody has said: a look at MLflow is a request that its server answers, one at files is not. */
export function defaultPollMs(mlflow: MlflowSettings | null): number {
  return mlflow === null ? 200 : 1_000;
}

/** The registry that the environment chooses; worker and service must choose the same. */
export async function openRegistry({ directory, cacheDirectory, mlflow, trust }: RegistryPlace): Promise<Registry> {
  if (mlflow === null) return await openEmbeddedRegistry({ directory, trust });
  return openMlflowRegistry({ connection: connectToMlflow(mlflow), cacheDirectory, trust });
}
