import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ModelStatus } from '../../../config/wire.ts';
import { model, registerVersion, startRig, type Rig } from './support.ts';

async function get({ service }: Rig, url: string) {
  const response = await service.app.inject({ method: 'GET', url });
  return { status: response.statusCode, headers: response.headers, body: response.json<Record<string, unknown>>() };
}

async function listen(rig: Rig): Promise<Rig> {
  await rig.service.listen({ host: '127.0.0.1', port: 0 });
  return rig;
}

describe('readiness', () => {
  it('holds when each model has a champion and the log can be written', async () => {
    const rig = await listen(await startRig());
    expect(await get(rig, '/ready')).toMatchObject({ status: 200, body: { ready: true, missing: [] } });
  });

  it('says which model has no champion, while the process is alive', async () => {
    const rig = await listen(await startRig([]));
    const { status, headers, body } = await get(rig, '/ready');
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect(body).toEqual({ ready: false, missing: ['electricity has no champion loaded'], warnings: [] });
    expect(await get(rig, '/health')).toMatchObject({ status: 200, body: { alive: true } });
  });

  it('is still to come, and the process alive, while the champion is being loaded', async () => {
    let cut = (): void => undefined;
    const isCut = new Promise<void>((resolve) => (cut = resolve));
    const loadModel = () => isCut.then(() => Promise.reject(new Error('cut')));
    const rig = await startRig([{}], { loadModel });
    const listening = listen(rig);
    await once(rig.service.app.server, 'listening');
    expect((await get(rig, '/health')).status).toBe(200);
    expect((await get(rig, '/ready')).status).toBe(503);
    cut();
    await listening;
  });

  it('says why a champion could not be loaded', async () => {
    const rig = await listen(await startRig([{ fails: 'load' }]));
    expect((await get(rig, '/ready')).body['missing']).toEqual([expect.stringContaining('the weights are cut short')]);
  });

  it('is refused while the log can’t be written', async () => {
    const checkLog = () => Promise.reject(new Error('no space left on device'));
    const rig = await listen(await startRig([{}], { checkLog }));
    const missing = ["the prediction log can't be written: no space left on device"];
    expect(await get(rig, '/ready')).toMatchObject({ status: 503, body: { ready: false, missing } });
  });

  it('warns of a registry that can’t be read while answers are given', async () => {
    const rig = await listen(await startRig());
    const broken = new Error('the disk is gone');
    Object.assign(rig.registry, { getAliases: () => Promise.reject(broken) });
    let warnings: unknown = [];
    while (String(warnings) === '') {
      await new Promise((later) => setTimeout(later, 5));
      ({ warnings } = (await get(rig, '/ready')).body);
    }
    expect(warnings).toEqual([
      expect.stringMatching(/can't be read since .*the disk is gone; version 1 keeps serving/),
    ]);
    expect(await get(rig, '/ready')).toMatchObject({ status: 200, body: { ready: true } });
  });

  it('is refused where there is no model at all', async () => {
    const rig = await listen(await startRig([{}], { models: null }));
    expect((await get(rig, '/ready')).body['missing']).toEqual(['there is no model in the registry']);
  });
});

describe('the status of a model', () => {
  it('lists what is loaded, by role', async () => {
    const rig = await listen(await startRig([{}, { goldenDifference: 1e-6 }]));
    const { body } = await get(rig, `/v1/models/${model}`);
    expect(body).toMatchObject({ model, replicaId: 'r1', serving: '1', problem: null });
    expect((body as ModelStatus).loaded).toMatchObject([
      { version: '1', role: 'champion', goldenMaxDifference: 0 },
      { version: '2', role: 'previous', goldenMaxDifference: 1e-6 },
    ]);
  });

  it('is there as soon as the registry has the model, where models are discovered', async () => {
    let names: string[] = [];
    const rig = await listen(
      await startRig([], { models: null, discoverModels: () => Promise.resolve(names), pollMs: 60_000 }),
    );
    expect((await get(rig, `/v1/models/${model}`)).status).toBe(404);
    await registerVersion(rig.registry);
    await rig.registry.setAlias(model, 'champion', '1');
    names = [model];
    expect(await get(rig, `/v1/models/${model}`)).toMatchObject({ status: 200, body: { serving: '1' } });
  });
});

describe('a verification', () => {
  const verify = async ({ service }: Rig, version: string) => {
    const response = await service.app.inject({
      method: 'POST',
      url: `/v1/models/${model}/verify`,
      payload: { version },
    });
    return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
  };

  it('replays the golden rows of a loaded version', async () => {
    const rig = await listen(await startRig([{}, { goldenDifference: 1e-7 }]));
    expect(await verify(rig, '2')).toEqual({ status: 200, body: { version: '2', maxDifference: 1e-7 } });
  });

  it('of a version that is not loaded is 404', async () => {
    const rig = await listen(await startRig());
    expect(await verify(rig, '9')).toMatchObject({ status: 404, body: { error: { code: 'version-not-loaded' } } });
  });
});

describe('the service', () => {
  it('describes every route in OpenAPI', async () => {
    const rig = await listen(await startRig());
    const { status, body } = await get(rig, '/openapi.json');
    expect(status).toBe(200);
    expect(Object.keys(body['paths'] as object).sort()).toEqual([
      '/health',
      '/metrics',
      '/ready',
      '/v1/models/{name}',
      '/v1/models/{name}/feedback',
      '/v1/models/{name}/predict',
      '/v1/models/{name}/predict/bulk',
      '/v1/models/{name}/verify',
    ]);
  });

  it('answers an unknown route in its own words', async () => {
    const rig = await listen(await startRig());
    expect(await get(rig, '/v2')).toMatchObject({ status: 404, body: { error: { code: 'route-unknown' } } });
  });
});
