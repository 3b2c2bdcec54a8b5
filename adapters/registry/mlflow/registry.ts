import { collect, isMlflowError, quoteFilterValue, type ModelVersion } from 'mlflow-js-client';
import { isMissing, type MlflowConnection } from '../../mlflow/connection.ts';
import { tagNames } from '../../mlflow/tags.ts';
import { RegistryError, type Registry, type VersionInfo } from '../../ports/registry.ts';
import { noTrust, type PackageTrust } from '../keys.ts';
import { namesOf, packageRemoved } from '../removed.ts';
import { readAliases, writeAlias } from './aliases.ts';
import { toRegistryError, versionNotFound } from './errors.ts';
import { fetchVerified, findLocalCopy, signRemote, type RemotePackage } from './package-cache.ts';
import { findModel, readTimeoutMs, registeredName, removedAt } from './registered-model.ts';
import { registerVersion } from './register.ts';
import { removeFiles } from './remove-files.ts';

export interface MlflowRegistryOptions {
  readonly connection: MlflowConnection;
  /** Where packages are kept on this machine. */
  readonly cacheDirectory: string;
  /** @default nobody signs, and nothing must be signed */
  readonly trust?: PackageTrust;
}

/**
 * Versions and aliases in MLflow's model registry. It has no transaction over aliases and no compare-and-swap: the lifecycle alone
 * writes a model's aliases, one by one, and reads them back. What others registered there is left alone.
 */
export function openMlflowRegistry({ connection, cacheDirectory, trust = noTrust }: MlflowRegistryOptions): Registry {
  const { client } = connection;
  const remote = async (model: string, version: string): Promise<RemotePackage> => {
    const { manifestSha256, removedAtMs } = await getVersion(connection, model, version);
    if (removedAtMs !== null) throw packageRemoved(model, version, removedAtMs);
    const artifactUri = () => client.modelVersions.getDownloadUri(registeredName(connection, model), version);
    return { model, version, manifestSha256, artifactUri };
  };
  return inWords({
    async register(request) {
      registeredName(connection, request.model);
      await findModel(connection, request.model);
      return toInfo(request.model, await registerVersion(connection, request, trust.signer));
    },
    getVersion: (model, version) => getVersion(connection, model, version),
    async listVersions(model) {
      const found = await findModel(connection, model);
      if (found === null) return [];
      const search = { filter: `name = ${quoteFilterValue(found.name)}`, orderBy: ['version_number ASC'] };
      const versions = await collect(client.modelVersions.search(search));
      return versions
        .filter(isOurs)
        .map((one) => ({ ...toInfo(model, one), aliases: namesOf(one.version, found.aliases) }));
    },
    async fetchPackage(model, version) {
      try {
        return await fetchVerified(client, cacheDirectory, await remote(model, version), trust);
      } catch (error) {
        // Of MLflow's errors those that say that it is away; what it says of a version is a RegistryError.
        const copy = isMlflowError(error) ? await findLocalCopy(cacheDirectory, model, version, trust) : null;
        if (copy === null) throw error;
        return copy;
      }
    },
    signVersion: async (model, version, signer) => {
      await signRemote(client, cacheDirectory, await remote(model, version), signer);
    },
    async removePackage(model, version) {
      await removeFiles(connection, cacheDirectory, await getVersion(connection, model, version));
    },
    getAliases: (model) => readAliases(connection, model),
    setAlias: (model, alias, version) => writeAlias(connection, model, alias, version),
    async listModels() {
      const search = { filter: `tags.\`${tagNames.managed}\` = 'true'` };
      const names = (await collect(client.registeredModels.search(search))).map(({ name }) => name);
      return names
        .filter((name) => name.startsWith(connection.prefix))
        .map((name) => name.slice(connection.prefix.length));
    },
  });
}

async function getVersion(connection: MlflowConnection, model: string, version: string): Promise<VersionInfo> {
  const name = registeredName(connection, model);
  const found = await connection.client.modelVersions
    .get(name, version, { timeoutMs: readTimeoutMs })
    .catch((error: unknown) => {
      const isNone = isMissing(error) || isMlflowError(error, 'INVALID_PARAMETER_VALUE');
      throw isNone ? versionNotFound(model, version, error) : error;
    });
  if (isOurs(found)) return toInfo(model, found);
  const advice = 'only versions that Incumbent registered can be served: move the alias to one of those';
  throw new RegistryError(
    'package-invalid',
    `version ${version} of ${name} was put into MLflow by somebody else; ${advice}`,
  );
}

function isOurs({ tags }: ModelVersion): boolean {
  return tags[tagNames.manifestSha256] !== undefined;
}

function toInfo(model: string, { version, creationTime, tags }: ModelVersion): VersionInfo {
  const {
    [tagNames.manifestSha256]: manifestSha256 = '',
    [tagNames.key]: _key,
    [tagNames.removedAtMs]: _removedAtMs,
    ...others
  } = tags;
  const removedAtMs = removedAt(tags);
  return { model, version, createdAtMs: creationTime, tags: others, manifestSha256, removedAtMs };
}

/** Every method with MLflow's errors as a registry's. */
function inWords(registry: Registry): Registry {
  const wrap =
    <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await method(...args);
      } catch (error) {
        throw toRegistryError(error);
      }
    };
  return {
    register: wrap(registry.register),
    getVersion: wrap(registry.getVersion),
    listVersions: wrap(registry.listVersions),
    fetchPackage: wrap(registry.fetchPackage),
    signVersion: wrap(registry.signVersion),
    removePackage: wrap(registry.removePackage),
    getAliases: wrap(registry.getAliases),
    setAlias: wrap(registry.setAlias),
    listModels: wrap(registry.listModels),
  };
}
