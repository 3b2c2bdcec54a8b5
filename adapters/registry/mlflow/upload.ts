import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { collect, isMlflowError, quoteFilterValue } from 'mlflow-js-client';
import type { MlflowConnection } from '../../mlflow/connection.ts';
import { ensureExperiment } from '../../mlflow/experiment.ts';
import { findRun, runTag } from '../../mlflow/runs.ts';
import { tagNames } from '../../mlflow/tags.ts';
import { RegistryError, type RegisterRequest, type Signer } from '../../ports/registry.ts';
import { sha256 } from '../manifest.ts';
import { sealPackage } from '../seal.ts';

/** A package's files on the server, and what a version says of them. */
export interface Uploaded {
  readonly source: string;
  readonly runId: string | null;
  readonly modelId: string | null;
  readonly manifestSha256: string;
}

/** Seals a copy of the package and sends it: as a logged model, or as files of a run where the server knows no such thing (MLflow 2). */
export async function uploadPackage(
  connection: MlflowConnection,
  request: RegisterRequest,
  signer: Signer | null,
): Promise<Uploaded> {
  const draft = await mkdtemp(join(tmpdir(), 'incumbent-register-'));
  try {
    await copyPackage(request.packageDirectory, draft);
    const manifestSha256 = await sealPackage(draft, request.model, signer);
    const place = await findPlace(connection, request);
    for (const file of await listFiles(draft)) {
      const content = { file: join(draft, file) };
      const hash = sha256(await readFile(content.file));
      await connection.client.artifacts.upload(`${place.artifactUri}/${file}`, content, { sha256: hash });
    }
    await place.finish();
    return { ...place, manifestSha256 };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function copyPackage(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, errorOnExist: true });
  } catch (cause) {
    throw new RegistryError('package-invalid', `the package ${from} can't be copied`, { cause });
  }
}

async function listFiles(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

interface Place {
  readonly artifactUri: string;
  readonly source: string;
  readonly runId: string | null;
  readonly modelId: string | null;
  /** Says that all files are there. */
  finish(): Promise<void>;
}

async function findPlace(connection: MlflowConnection, request: RegisterRequest): Promise<Place> {
  try {
    return await placeInLoggedModel(connection, request);
  } catch (error) {
    if (!isMlflowError(error, 'ENDPOINT_NOT_FOUND')) throw error;
    return await placeInRun(connection, request);
  }
}

/** An unfinished one of the same key is gone on with. */
async function placeInLoggedModel(connection: MlflowConnection, request: RegisterRequest): Promise<Place> {
  const { client } = connection;
  const { model, idempotencyKey, tags } = request;
  const { experimentId } = await ensureExperiment(connection, model);
  const filter = `tags.\`${tagNames.key}\` = ${quoteFilterValue(idempotencyKey)}`;
  const [known] = await collect(client.loggedModels.search({ experimentIds: [experimentId], filter }));
  const run = await findRun(connection, runOf(request));
  const logged =
    known ??
    (await client.loggedModels.create({
      experimentId,
      name: model,
      modelType: 'incumbent',
      ...(run === null ? {} : { sourceRunId: run.runId }),
      tags: { ...shortTags(tags), [tagNames.key]: idempotencyKey },
    }));
  return {
    artifactUri: logged.artifactUri,
    source: `models:/${logged.modelId}`,
    runId: run?.runId ?? null,
    modelId: logged.modelId,
    async finish() {
      await client.loggedModels.finalize(logged.modelId, 'LOGGED_MODEL_READY');
      if (run !== null) await client.runs.logOutputs(run.runId, [{ modelId: logged.modelId }]);
    },
  };
}

/** The version has all tags; a logged model takes short ones. */
function shortTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value.length <= 250));
}

async function placeInRun(connection: MlflowConnection, request: RegisterRequest): Promise<Place> {
  const { client } = connection;
  const { experimentId } = await ensureExperiment(connection, request.model);
  const filter = `tags.\`${tagNames.key}\` = ${quoteFilterValue(request.idempotencyKey)}`;
  const [known] = await collect(client.runs.search({ experimentIds: [experimentId], filter }));
  const parent = await findRun(connection, runOf(request));
  const tags = {
    [tagNames.key]: request.idempotencyKey,
    ...(parent === null ? {} : { [tagNames.parentRun]: parent.runId }),
  };
  const run = known ?? (await client.runs.create({ experimentId, name: `package ${request.idempotencyKey}`, tags }));
  return {
    artifactUri: `${run.artifactUri}/model`,
    source: `${run.artifactUri}/model`,
    runId: run.runId,
    modelId: null,
    finish: () => client.runs.update(run.runId, { status: 'FINISHED', endTime: Date.now() }),
  };
}

/** The run of the retraining that made the package. */
function runOf({ model, tags, idempotencyKey }: RegisterRequest) {
  return { model, decisionId: tags['decisionId'] ?? runTag.decisionOf(idempotencyKey), candidateId: null };
}
