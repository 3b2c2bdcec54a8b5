import type { MlflowConnection } from '../../mlflow/connection.ts';
import { tagNames } from '../../mlflow/tags.ts';
import type { VersionInfo } from '../../ports/registry.ts';
import { namesOf, refuseInUse } from '../removed.ts';
import { removeLocalCopies } from './package-cache.ts';
import { findModel, registeredName } from './registered-model.ts';

/** Deletes a version's files, here and at the server. It is marked when nothing is left of it: a removal that broke off is found again. */
export async function removeFiles(
  connection: MlflowConnection,
  cacheDirectory: string,
  { model, version, removedAtMs }: VersionInfo,
): Promise<void> {
  const { artifacts, modelVersions } = connection.client;
  const name = registeredName(connection, model);
  const found = await findModel(connection, model);
  refuseInUse(model, version, namesOf(version, found?.aliases ?? {}));
  await removeLocalCopies(cacheDirectory, model, version);
  await artifacts.delete(await modelVersions.getDownloadUri(name, version));
  if (removedAtMs === null) await modelVersions.setTag(name, version, tagNames.removedAtMs, String(Date.now()));
}
