import { describe, expect, it } from 'vitest';
import { collect, createMlflowClient, verifyWebhook } from '../src/index.ts';
import { listen } from './answers.ts';
import { name, useRealServer } from './real.ts';

const real = useRealServer();

describe('the registry', () => {
  it('has versions, tags and aliases, and tells a missing one by its code', async () => {
    const { client, newRun } = real();
    const model = name('prices');
    const { runId, artifactUri } = await newRun();
    await client.registeredModels.create({ name: model, description: 'of electricity', tags: { owner: 'ada' } });
    await expect(client.registeredModels.create({ name: model })).rejects.toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
    });
    expect(await client.registeredModels.find(name('none'))).toBeNull();
    const source = `${artifactUri}/model`;
    const made = await client.modelVersions.create({ name: model, source, runId, tags: { key: 'a' } });
    expect(made).toMatchObject({ version: '1', status: 'READY', source, runId, tags: { key: 'a' } });
    expect(await client.registeredModels.findByAlias(model, 'champion')).toBeNull();
    expect(await client.registeredModels.findByAlias(name('none'), 'champion')).toBeNull();
    const wrong = client.registeredModels.setAlias(model, 'champion', '9');
    await expect(wrong).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    await client.registeredModels.setAlias(model, 'champion', '1');
    await client.modelVersions.setTag(model, '1', 'gate', 'pass');
    expect(await client.registeredModels.findByAlias(model, 'champion')).toMatchObject({
      version: '1',
      tags: { gate: 'pass' },
    });
    expect(await client.registeredModels.get(model)).toMatchObject({
      aliases: { champion: '1' },
      tags: { owner: 'ada' },
    });
    expect((await client.modelVersions.get(model, '1')).aliases).toEqual(['champion']);
    expect(await client.modelVersions.getDownloadUri(model, '1')).toBe(source);
    await client.registeredModels.deleteAlias(model, 'champion');
    await client.registeredModels.deleteAlias(model, 'champion');
    await client.registeredModels.setTag(model, 'owner', 'bob');
    await client.registeredModels.deleteTag(model, 'none');
    await client.registeredModels.update(model, { description: 'new' });
    expect(await client.registeredModels.get(model)).toMatchObject({
      aliases: {},
      tags: { owner: 'bob' },
      description: 'new',
    });
  });

  it('is searched page by page, by tag too', async () => {
    const { client, newRun } = real();
    const model = name('pages');
    const { runId, artifactUri } = await newRun();
    await client.registeredModels.create({ name: model });
    for (let index = 0; index < 5; index += 1)
      await client.modelVersions.create({
        name: model,
        source: `${artifactUri}/m`,
        runId,
        tags: { key: `k${index % 2}` },
      });
    const all = client.modelVersions.search({
      filter: `name = '${model}'`,
      orderBy: ['version_number ASC'],
      pageSize: 2,
    });
    expect((await collect(all)).map(({ version }) => version)).toEqual(['1', '2', '3', '4', '5']);
    const tagged = client.modelVersions.search({ filter: `name = '${model}' and tags.key = 'k1'` });
    expect(await collect(tagged)).toHaveLength(2);
    await client.modelVersions.deleteTag(model, '1', 'key');
    await client.modelVersions.update(model, '1', { description: 'first' });
    expect(await client.modelVersions.get(model, '1')).toMatchObject({ tags: {}, description: 'first' });
    await client.modelVersions.delete(model, '1');
    await expect(client.modelVersions.get(model, '1')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    expect(await collect(client.registeredModels.search({ filter: `name = '${model}'` }))).toHaveLength(1);
    await client.registeredModels.delete(model);
    expect(await client.registeredModels.find(model)).toBeNull();
  });

  it('refuses a tag that an older server would refuse', async () => {
    const { client } = real();
    const model = name('long');
    const long = client.registeredModels.create({ name: model, tags: { story: 'x'.repeat(5_001) } });
    await expect(long).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await client.registeredModels.find(model)).toBeNull();
  });
});

describe('logged models', () => {
  it('are made, made ready, tagged, found, linked to their run and registered; older servers say that they know none', async () => {
    const { client, newRun, isOld } = real();
    const { runId, experimentId } = await newRun();
    const request = {
      experimentId,
      name: 'mlp',
      sourceRunId: runId,
      modelType: 'tfjs',
      params: { units: '64' },
      tags: { a: '1' },
    };
    if (isOld) {
      await expect(client.loggedModels.create(request)).rejects.toMatchObject({ code: 'ENDPOINT_NOT_FOUND' });
      return;
    }
    const made = await client.loggedModels.create(request);
    expect(made).toMatchObject({
      name: 'mlp',
      status: 'LOGGED_MODEL_PENDING',
      sourceRunId: runId,
      params: { units: '64' },
    });
    await client.artifacts.upload(`${made.artifactUri}/MLmodel`, 'flavors: {}\n');
    await client.loggedModels.finalize(made.modelId, 'LOGGED_MODEL_READY');
    await client.loggedModels.setTags(made.modelId, { b: '2' });
    await client.runs.logOutputs(runId, [{ modelId: made.modelId, step: 3 }]);
    expect((await client.runs.get(runId)).modelIds).toEqual([made.modelId]);
    const found = await collect(client.loggedModels.search({ experimentIds: [experimentId], filter: "name = 'mlp'" }));
    expect(found).toEqual([await client.loggedModels.get(made.modelId)]);
    expect(found[0]).toMatchObject({ status: 'LOGGED_MODEL_READY', tags: { a: '1', b: '2' } });
    const model = name('from-logged');
    await client.registeredModels.create({ name: model });
    const source = `models:/${made.modelId}`;
    const version = await client.modelVersions.create({ name: model, source, modelId: made.modelId });
    expect(version).toMatchObject({ version: '1', status: 'READY' });
    await client.loggedModels.delete(made.modelId);
    await expect(client.loggedModels.get(made.modelId)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  });
});

describe('webhooks', () => {
  it('are delivered with a signature that holds; older servers say that they know none', async () => {
    const { client, isOld } = real();
    const webhook = {
      name: name('hook'),
      url: 'http://127.0.0.1:9/hook',
      events: [{ entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' }] as const,
      secret: 'whsec',
    };
    if (isOld) {
      await expect(client.webhooks.create(webhook)).rejects.toMatchObject({ code: 'ENDPOINT_NOT_FOUND' });
      return;
    }
    const deliveries: ReturnType<typeof verifyWebhook>[] = [];
    const receiver = await listen(async (request, response) => {
      const body = Buffer.concat(await collect(request as AsyncIterable<Buffer>));
      deliveries.push(verifyWebhook({ secret: 'whsec', headers: request.headers, body }));
      response.end();
    });
    const made = await client.webhooks.create({ ...webhook, url: `${receiver}/hook` });
    expect(await client.webhooks.get(made.webhookId)).toEqual(made);
    expect(await collect(client.webhooks.list())).toContainEqual(made);
    expect(await client.webhooks.test(made.webhookId)).toMatchObject({ success: true, responseStatus: 200 });
    expect(deliveries).toEqual([
      expect.objectContaining({
        ok: true,
        event: expect.objectContaining({ entity: 'model_version_alias', action: 'created' }),
      }),
    ]);
    expect(await client.webhooks.update(made.webhookId, { status: 'DISABLED' })).toMatchObject({ status: 'DISABLED' });
    await client.webhooks.delete(made.webhookId);
    await expect(client.webhooks.get(made.webhookId)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  });
});

it('a server that is called by another name than its own says how to allow it', async () => {
  const { isOld, url } = real();
  if (isOld) return;
  const elsewhere = createMlflowClient({
    trackingUri: url,
    auth: { kind: 'headers', headers: { host: 'mlflow.example' } },
  });
  await expect(elsewhere.artifacts.read('mlflow-artifacts:/1/a')).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' });
});

it('the client of a real server is told that all is well', async () => {
  const { client } = real();
  await client.check();
});
