import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
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
  return { registry: await reopen(), reopen };
});
