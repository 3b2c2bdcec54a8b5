import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { startMlflowServer } from '../support/mlflow-server.ts';

it('a real MLflow server starts on a free port, and is gone when it was stopped', async () => {
  const server = await startMlflowServer({ directory: await temporaryFolder() });
  try {
    expect(await (await fetch(`${server.url}/version`)).text()).toMatch(/^\d+\.\d+/);
  } finally {
    await server.stop();
  }
  await expect(fetch(`${server.url}/health`)).rejects.toThrow('fetch failed');
});
