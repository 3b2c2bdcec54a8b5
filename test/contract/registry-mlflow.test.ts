import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createMlflowClient } from 'mlflow-js-client';
import { connectToMlflow } from '../../adapters/mlflow/connection.ts';
import type { PackageTrust } from '../../adapters/registry/keys.ts';
import { openMlflowRegistry } from '../../adapters/registry/mlflow/registry.ts';
import { temporaryFolder } from '../support/folders.ts';
import { useMlflowServer } from '../support/mlflow-server.ts';
import { registryContract } from '../support/registry-contract.ts';

const server = useMlflowServer();

registryContract('MLflow registry', async () => {
  const directory = await temporaryFolder();
  const prefix = `${randomUUID().slice(0, 8)}-`;
  const reopen = (trust?: PackageTrust) => {
    const connection = connectToMlflow({ trackingUri: server().url, auth: { kind: 'none' }, prefix });
    const cacheDirectory = join(directory, 'packages');
    return Promise.resolve(openMlflowRegistry({ connection, cacheDirectory, ...(trust && { trust }) }));
  };
  const { modelVersions, artifacts } = createMlflowClient({ trackingUri: server().url });
  const place = async (version: string, file: string): Promise<string> => {
    await rm(join(directory, 'packages'), { recursive: true, force: true });
    return `${await modelVersions.getDownloadUri(`${prefix}electricity`, version)}/${file}`;
  };
  const overwrite = async (version: string, file: string, content: string): Promise<void> =>
    void (await artifacts.upload(await place(version, file), content));
  const destroy = async (version: string, file: string): Promise<void> =>
    await artifacts.delete(await place(version, file));
  return { registry: await reopen(), reopen, overwrite, destroy };
});
