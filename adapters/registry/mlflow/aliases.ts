import { setTimeout as sleep } from 'node:timers/promises';
import { isMlflowError, type RegisteredModel } from 'mlflow-js-client';
import { noAliases, type Alias, type Aliases } from '../../../domain/lifecycle/aliases.ts';
import { isMissing, type MlflowConnection } from '../../mlflow/connection.ts';
import { tagNames } from '../../mlflow/tags.ts';
import { RegistryError } from '../../ports/registry.ts';
import { versionNotFound } from './errors.ts';
import { packageRemoved } from '../removed.ts';
import { findModel, readTimeoutMs, registeredName, removedAt } from './registered-model.ts';

const attempts = 6;
const pauseMs = 40;

export async function readAliases(connection: MlflowConnection, model: string): Promise<Aliases> {
  const found = await findModel(connection, model, { timeoutMs: readTimeoutMs });
  if (found === null) return noAliases;
  refuseLost(found);
  const { champion = null, previous = null, challenger = null } = found.aliases;
  return { champion, previous, challenger };
}

/** MLflow drops the aliases of a version that is deleted. Nobody said that nothing shall serve: it is an error, and not an answer. */
function refuseLost({ name, aliases, tags }: RegisteredModel): void {
  const version = tags[`${tagNames.alias}champion`];
  if (version === undefined || aliases['champion'] !== undefined) return;
  const what = `the alias champion of ${name} is gone from MLflow; it named version ${version}, which somebody deleted, or took it from`;
  const advice = `give it to that version again there, or roll back with \`incumbent rollback\``;
  throw new RegistryError('version-not-found', `${what}: ${advice}`);
}

export async function writeAlias(
  connection: MlflowConnection,
  model: string,
  alias: Alias,
  version: string | null,
): Promise<void> {
  const { registeredModels } = connection.client;
  const name = registeredName(connection, model);
  const tag = `${tagNames.alias}${alias}`;
  if (version === null) {
    if ((await findModel(connection, model)) === null) return;
    // The tag first: what it says is only an error where the alias is gone before it.
    await registeredModels.deleteTag(name, tag);
    await registeredModels.deleteAlias(name, alias).catch(ignoreMissing);
    return;
  }
  if ((await findModel(connection, model)) === null) throw versionNotFound(model, version);
  const { tags } = await connection.client.modelVersions.get(name, version).catch((error: unknown) => {
    throw isMissing(error) || isMlflowError(error, 'INVALID_PARAMETER_VALUE')
      ? versionNotFound(model, version, error)
      : error;
  });
  const removedAtMs = removedAt(tags);
  if (removedAtMs !== null) throw packageRemoved(model, version, removedAtMs);
  await untilTaken(() => registeredModels.setAlias(name, alias, version));
  await untilTaken(() => registeredModels.setTag(name, tag, version));
}

/** Two that write an alias or a tag for the first time at a time can get in each other's way: one of them is told that its request is bad. */
async function untilTaken(write: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await write();
      return;
    } catch (error) {
      if (!isMlflowError(error, 'BAD_REQUEST') || attempt >= attempts) throw error;
      await sleep(pauseMs * attempt * (0.5 + Math.random()));
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
