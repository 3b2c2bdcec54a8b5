import { setTimeout as sleep } from 'node:timers/promises';
import { collect, isMlflowError, quoteFilterValue, type ModelVersion } from 'mlflow-js-client';
import type { MlflowConnection } from '../../mlflow/connection.ts';
import { tagNames } from '../../mlflow/tags.ts';
import type { RegisterRequest, Signer } from '../../ports/registry.ts';
import { describeVersion } from './describe-version.ts';
import { ensureModel, registeredName } from './registered-model.ts';
import { uploadPackage, type Uploaded } from './upload.ts';

const attempts = 8;
const pauseMs = 50;

/** Registers a package, or finds the version that the same key made before. Of two that register one key at a time the lower number stays. */
export async function registerVersion(
  connection: MlflowConnection,
  request: RegisterRequest,
  signer: Signer | null,
): Promise<ModelVersion> {
  const name = registeredName(connection, request.model);
  const known = await findByKey(connection, name, request.idempotencyKey);
  if (known !== null) return known;
  const uploaded = await uploadPackage(connection, request, signer);
  await ensureModel(connection, request.model);
  const own = await createVersion(connection, name, request, uploaded);
  const first = (await findByKey(connection, name, request.idempotencyKey)) ?? own;
  if (first.version !== own.version) await connection.client.modelVersions.delete(name, own.version);
  return first;
}

/**
 * Making a version is not idempotent, and fails where many do it at a time. After any failure, also a lost answer, a look at
 * the key says whether it was made.
 */
async function createVersion(
  connection: MlflowConnection,
  name: string,
  request: RegisterRequest,
  { source, runId, modelId, manifestSha256 }: Uploaded,
): Promise<ModelVersion> {
  const { idempotencyKey, tags } = request;
  const description = await describeVersion(request);
  const own = { [tagNames.key]: idempotencyKey, [tagNames.manifestSha256]: manifestSha256 };
  const version = {
    name,
    source,
    tags: { ...tags, ...own },
    ...(description === null ? {} : { description }),
    ...(runId === null ? {} : { runId }),
    ...(modelId === null ? {} : { modelId }),
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connection.client.modelVersions.create(version);
    } catch (error) {
      const isFinal =
        !isMlflowError(error) || isMlflowError(error, 'LIMIT_EXCEEDED', 'PERMISSION_DENIED', 'UNAUTHENTICATED');
      if (isFinal || attempt >= attempts) throw error;
      await sleep(pauseMs * attempt * (0.5 + Math.random()));
      const made = await findByKey(connection, name, idempotencyKey);
      if (made !== null) return made;
    }
  }
}

async function findByKey({ client }: MlflowConnection, name: string, key: string): Promise<ModelVersion | null> {
  const filter = `name = ${quoteFilterValue(name)} and tags.\`${tagNames.key}\` = ${quoteFilterValue(key)}`;
  const found = await collect(client.modelVersions.search({ filter }));
  return found.sort((a, b) => Number(a.version) - Number(b.version))[0] ?? null;
}
