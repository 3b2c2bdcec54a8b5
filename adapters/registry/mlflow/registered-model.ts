import { isMlflowError, type CallOptions, type ModelVersion, type RegisteredModel } from 'mlflow-js-client';
import type { MlflowConnection } from '../../mlflow/connection.ts';
import { tagNames } from '../../mlflow/tags.ts';
import { isModelName } from '../../files/names.ts';
import { RegistryError } from '../../ports/registry.ts';

/** Of one try to read what takes a server a few milliseconds: who serves must learn soon that it is away. */
export const readTimeoutMs = 5_000;

/** The name that a model has on the server. */
export function registeredName({ prefix }: MlflowConnection, model: string): string {
  if (isModelName(model)) return `${prefix}${model}`;
  throw new RegistryError('name-invalid', `"${model}" is no model name: lower-case letters, digits and "-" only`);
}

/** When the files of a version were removed, ms since the epoch; null while they are there. */
export function removedAt(tags: ModelVersion['tags']): number | null {
  const removed = tags[tagNames.removedAtMs];
  return removed === undefined ? null : Number(removed);
}

/** Null where there is none. Throws `name-taken` for a model that somebody else registered. */
export async function findModel(
  connection: MlflowConnection,
  model: string,
  options?: CallOptions,
): Promise<RegisteredModel | null> {
  const name = registeredName(connection, model);
  const found = await connection.client.registeredModels.find(name, options);
  if (found === null || found.tags[tagNames.managed] === 'true') return found;
  const advice =
    `set INCUMBENT_MLFLOW_PREFIX to keep apart from it, or give the model there the tag ` +
    `${tagNames.managed}=true if Incumbent shall have it`;
  throw new RegistryError('name-taken', `MLflow has a model "${name}" that Incumbent did not register; ${advice}`);
}

/** Makes the model where there is none; safe for several at a time. */
export async function ensureModel(connection: MlflowConnection, model: string): Promise<void> {
  if ((await findModel(connection, model)) !== null) return;
  const name = registeredName(connection, model);
  const description = 'Looked after by Incumbent, which alone moves its aliases.';
  try {
    await connection.client.registeredModels.create({ name, description, tags: { [tagNames.managed]: 'true' } });
  } catch (error) {
    if (!isMlflowError(error) || (await findModel(connection, model)) === null) throw error;
  }
}
