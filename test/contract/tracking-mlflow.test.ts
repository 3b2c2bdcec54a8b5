import { randomUUID } from 'node:crypto';
import { connectToMlflow } from '../../adapters/mlflow/connection.ts';
import { openMlflowTracking } from '../../adapters/tracking/mlflow-tracking.ts';
import { useMlflowServer } from '../support/mlflow-server.ts';
import { trackingContract } from '../support/tracking-contract.ts';

const server = useMlflowServer();

trackingContract('runs in MLflow', async () => {
  const prefix = `${randomUUID().slice(0, 8)}-`;
  const reopen = () =>
    Promise.resolve(openMlflowTracking(connectToMlflow({ trackingUri: server().url, auth: { kind: 'none' }, prefix })));
  return { tracking: await reopen(), reopen };
});
