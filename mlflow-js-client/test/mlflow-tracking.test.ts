import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/folders.ts';
import { collect, quoteFilterValue } from '../src/index.ts';
import { name, useRealServer } from './real.ts';

const real = useRealServer();

describe('experiments', () => {
  it('are made once, also by several at a time', async () => {
    const { client } = real();
    const one = name('once');
    const made = await Promise.all(Array.from({ length: 5 }, () => client.experiments.ensure(one, { team: 'prices' })));
    expect(new Set(made.map(({ experimentId }) => experimentId)).size).toBe(1);
    expect(await client.experiments.findByName(one)).toMatchObject({ name: one, tags: { team: 'prices' } });
    expect(await client.experiments.findByName(name('none'))).toBeNull();
    await expect(client.experiments.create({ name: one })).rejects.toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' });
  });

  it('are found page by page, and can be deleted and restored', async () => {
    const { client } = real();
    const prefix = name('page');
    const ids = [];
    for (let index = 0; index < 5; index += 1)
      ids.push(await client.experiments.create({ name: `${prefix}-${index}` }));
    const search = { filter: `name LIKE '${prefix}%'`, orderBy: ['name ASC'], pageSize: 2 };
    expect((await collect(client.experiments.search(search))).map((one) => one.experimentId)).toEqual(ids);
    await client.experiments.delete(ids[0]!);
    expect(await collect(client.experiments.search(search))).toHaveLength(4);
    expect(await client.experiments.findByName(`${prefix}-0`)).toMatchObject({ lifecycleStage: 'deleted' });
    await client.experiments.restore(ids[0]!);
    await client.experiments.setTag(ids[0]!, 'note', 'back');
    expect(await client.experiments.get(ids[0]!)).toMatchObject({ lifecycleStage: 'active', tags: { note: 'back' } });
  });
});

describe('runs', () => {
  it('keep far more metrics, params and tags than one call takes, each once', async () => {
    const { client, newRun } = real();
    const { runId } = await newRun();
    const metrics = Array.from({ length: 2_500 }, (_, step) => ({
      key: 'loss',
      value: 1 / (step + 1),
      timestamp: step,
      step,
    }));
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`key-${index}`, `value ${index}`]));
    await client.runs.logBatch(runId, { metrics, params: many, tags: many });
    await client.runs.logBatch(runId, { metrics: metrics.slice(0, 100), params: many, tags: many });
    expect(await collect(client.runs.metricHistory(runId, 'loss'))).toEqual(metrics);
    const run = await client.runs.get(runId);
    expect(run.params).toEqual(many);
    expect(run.tags).toMatchObject(many);
  });

  it('keep NaN and infinities', async () => {
    const { client, newRun } = real();
    const { runId } = await newRun();
    const values = [NaN, Infinity, -Infinity, 5e-324, -0.1];
    await client.runs.logBatch(runId, {
      metrics: values.map((value, step) => ({ key: 'm', value, timestamp: 1, step })),
    });
    expect((await collect(client.runs.metricHistory(runId, 'm'))).map(({ value }) => value)).toEqual(values);
  });

  it('refuse to change a param', async () => {
    const { client, newRun } = real();
    const { runId } = await newRun();
    await client.runs.logBatch(runId, { params: { units: '64' } });
    const change = client.runs.logBatch(runId, { params: { units: '32' } });
    await expect(change).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  it('cut no value: it is an error before anything is sent, or an artifact', async () => {
    const { client, newRun } = real();
    const { runId } = await newRun();
    const batch = { params: { fits: 'p'.repeat(6_000), query: '😀'.repeat(6_001) }, tags: { fits: 't'.repeat(8_000) } };
    const refused = {
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('"query" has 6001 characters, 6000 fit'),
    };
    await expect(client.runs.logBatch(runId, batch)).rejects.toMatchObject(refused);
    expect((await client.runs.get(runId)).params).toEqual({});
    await client.runs.logBatch(runId, batch, { onLongValue: 'artifact' });
    const { params, tags, artifactUri } = await client.runs.get(runId);
    expect([params['fits'], tags['fits']]).toEqual([batch.params.fits, batch.tags.fits]);
    const path = /in the artifact (\S+) /.exec(params['query'] ?? '')?.[1] ?? '';
    expect(Buffer.from(await client.artifacts.read(`${artifactUri}/${path}`)).toString()).toBe(batch.params.query);
  });

  it('refuse keys that are too long or empty before anything is sent', async () => {
    const { client, newRun } = real();
    const { runId } = await newRun();
    const long = { params: { ['k'.repeat(251)]: '1' } };
    await expect(client.runs.logBatch(runId, long)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    const empty = { metrics: [{ key: '', value: 1, timestamp: 0, step: 0 }] };
    await expect(client.runs.logBatch(runId, empty)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('are found by a tag, page by page, and end', async () => {
    const { client, newRun } = real();
    const key = name("it's");
    const ids = [];
    for (let index = 0; index < 3; index += 1) ids.push((await newRun({ key })).runId);
    const { experimentId } = await client.experiments.ensure('runs');
    const filter = `tags.key = ${quoteFilterValue(key)}`;
    const found = await collect(client.runs.search({ experimentIds: [experimentId], filter, pageSize: 2 }));
    expect(found.map(({ runId }) => runId).toSorted()).toEqual(ids.toSorted());
    await client.runs.update(ids[0]!, { status: 'FINISHED', endTime: 5_000, name: 'renamed' });
    expect(await client.runs.get(ids[0]!)).toMatchObject({ status: 'FINISHED', endTime: 5_000, name: 'renamed' });
    await client.runs.delete(ids[0]!);
    expect(await collect(client.runs.search({ experimentIds: [experimentId], filter }))).toHaveLength(2);
    await expect(client.runs.get('none')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST', status: 404 });
  });

  it('name the rows that they used', async () => {
    const { client, newRun } = real();
    const { runId } = await newRun();
    const dataset = {
      name: 'snapshot',
      digest: 'd'.repeat(36),
      sourceType: 'local',
      source: '{"sha256":"…"}',
      profile: '{}',
    };
    await client.runs.logInputs(runId, [{ ...dataset, context: 'training' }]);
    const long = client.runs.logInputs(runId, [{ ...dataset, digest: 'd'.repeat(64) }]);
    await expect(long).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    const [input] = (await client.runs.get(runId)).datasets;
    expect(input).toMatchObject({ dataset: { ...dataset }, tags: { 'mlflow.data.context': 'training' } });
  });
});

describe('artifacts', () => {
  it('go up and come down byte for byte, and are listed', async () => {
    const { client, newRun } = real();
    const { runId, artifactUri } = await newRun();
    const from = join(await temporaryFolder(), 'from.bin');
    const content = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => (index * 7) % 253));
    await writeFile(from, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await client.artifacts.upload(`${artifactUri}/model/weights.bin`, { file: from })).toEqual({
      bytes: 5_000_000,
      sha256,
    });
    await client.artifacts.upload(`${artifactUri}/größe 1%.txt`, 'ü');
    const to = join(await temporaryFolder(), 'to.bin');
    await client.artifacts.download(`${artifactUri}/model/weights.bin`, to, { sha256 });
    expect((await readFile(to)).equals(content)).toBe(true);
    const root = await collect(client.artifacts.list(runId));
    expect(root.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: 'größe 1%.txt', isDirectory: false, bytes: 2 },
      { path: 'model', isDirectory: true, bytes: null },
    ]);
    expect(await collect(client.artifacts.list(runId, 'model'))).toMatchObject([{ path: 'model/weights.bin' }]);
    const missing = client.artifacts.read(`${artifactUri}/none.bin`);
    await expect(missing).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  });

  it('are deleted one by one, and whole folders at a time', async () => {
    const { client, newRun } = real();
    const { runId, artifactUri } = await newRun();
    const files = ['model/weights.bin', 'model/deep/notes.json', 'model-card.md', 'other.txt'];
    for (const file of files) await client.artifacts.upload(`${artifactUri}/${file}`, 'x');
    await client.artifacts.delete(`${artifactUri}/model`);
    await client.artifacts.delete(`${artifactUri}/other.txt`);
    await client.artifacts.delete(`${artifactUri}/other.txt`);
    expect((await collect(client.artifacts.list(runId))).map(({ path }) => path)).toEqual(['model-card.md']);
  });
});
