import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRetention } from '../../../adapters/store/open-retention.ts';
import { openPredictionLog } from '../../../adapters/store/prediction-log.ts';
import type { FeedbackAnswer, PredictAnswer } from '../../../config/wire.ts';
import { prediction } from '../../support/predictions.ts';
import { goodRow, model, startRig, type Rig } from './support.ts';

async function predictIds({ service }: Rig, count: number): Promise<string[]> {
  const payload = { rows: Array.from({ length: count }, () => goodRow) };
  const response = await service.app.inject({ method: 'POST', url: `/v1/models/${model}/predict`, payload });
  return response.json<PredictAnswer>().predictions.map(({ id }) => id);
}

async function report({ service }: Rig, outcomes: readonly object[]) {
  const response = await service.app.inject({
    method: 'POST',
    url: `/v1/models/${model}/feedback`,
    payload: { outcomes },
  });
  const body = response.json<FeedbackAnswer & { error?: { code: string; field?: string; message: string } }>();
  return { status: response.statusCode, body };
}

async function startWithIds(count: number): Promise<{ rig: Rig; ids: string[] }> {
  const rig = await startRig();
  await rig.service.listen({ host: '127.0.0.1', port: 0 });
  return { rig, ids: await predictIds(rig, count) };
}

async function readContradictions({ storeDirectory }: Rig): Promise<string> {
  const folder = join(storeDirectory, model, 'contradictions', 'open');
  const texts = (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join('');
}

describe('feedback', () => {
  it('is accepted once; the same again is a duplicate', async () => {
    const { rig, ids } = await startWithIds(2);
    const outcomes = ids.map((id) => ({ id, label: 'yes' }));
    const none = { unknown: [], removed: [], contradictions: [] };
    expect(await report(rig, outcomes)).toEqual({ status: 200, body: { accepted: 2, duplicates: 0, ...none } });
    expect(await report(rig, outcomes)).toEqual({ status: 200, body: { accepted: 0, duplicates: 2, ...none } });
  });

  it('for an unknown id is 404', async () => {
    const { rig } = await startWithIds(1);
    const { status, body } = await report(rig, [{ id: 'nobody', label: 'yes' }]);
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: 'prediction-unknown', field: 'outcomes[0].id' });
    expect(body.error?.message).toContain('"nobody"');
  });

  it('lists unknown ids among known ones, and accepts the others', async () => {
    const { rig, ids } = await startWithIds(1);
    const outcomes = [...ids, 'nobody'].map((id) => ({ id, label: 'no' }));
    const body = { accepted: 1, duplicates: 0, unknown: ['nobody'], removed: [], contradictions: [] };
    expect(await report(rig, outcomes)).toEqual({ status: 200, body });
  });

  it('about what the log no longer keeps is 410, and listed among what is taken', async () => {
    const { rig, ids } = await startWithIds(1);
    const oldId = '1000000000000-r1-abcd000000';
    const old = prediction(0, { id: oldId, atMs: 1e12, eventMs: 1e12, entity: 'shop 7' });
    const earlier = await openPredictionLog({ directory: rig.storeDirectory, replicaId: 'r0' });
    await earlier.appendPredictions(model, [old]);
    await earlier.close();
    await rig.log.close();
    const retention = await openRetention({ directory: rig.storeDirectory });
    const rule = { keepMs: 86_400_000, neededAfterId: '9', neededRows: 0 };
    expect(await retention.removeExpired(model, rule)).toMatchObject({ predictions: 1 });
    const late = await startRig([{}], {
      log: await openPredictionLog({ directory: rig.storeDirectory, replicaId: 'r3' }),
    });
    await late.service.listen({ host: '127.0.0.1', port: 0 });
    const byId = await report(late, [{ id: oldId, label: 'yes' }]);
    expect(byId.status).toBe(410);
    expect(byId.body.error).toMatchObject({ code: 'prediction-removed', field: 'outcomes[0]' });
    expect(byId.body.error?.message).toContain('no longer keeps its predictions up to 2001-09-09T01:46:40.000Z');
    const byEntity = { entity: 'shop 7', time: '2001-09-09T00:00:00Z', label: 'yes' };
    expect((await report(late, [byEntity])).status).toBe(410);
    const mixed = [oldId, ...ids, 'nobody'].map((id) => ({ id, label: 'yes' }));
    const body = { accepted: 1, duplicates: 0, unknown: ['nobody'], removed: [oldId], contradictions: [] };
    expect(await report(late, mixed)).toEqual({ status: 200, body });
  });

  it('that contradicts is 409 and kept beside the record; the others are accepted', async () => {
    const { rig, ids } = await startWithIds(2);
    const [first = '', second = ''] = ids;
    await report(rig, [{ id: first, label: 'yes' }]);
    const { status, body } = await report(rig, [
      { id: first, label: 'no' },
      { id: second, label: 'no' },
    ]);
    expect(status).toBe(409);
    expect(body).toMatchObject({ accepted: 1, duplicates: 0, unknown: [], removed: [], contradictions: [first] });
    expect(body.error?.code).toBe('label-contradicts');
    expect(await readContradictions(rig)).toContain(`{"id":"${first}","label":"no"`);
    expect(await rig.log.findPredictions(model, ids)).toEqual(new Map([[first, 'yes'], [second, 'no']])); // prettier-ignore
  });

  it('is decided by the first of two that come at once', async () => {
    const { rig, ids } = await startWithIds(1);
    const [id = ''] = ids;
    const answers = await Promise.all(['yes', 'no', 'yes'].map((label) => report(rig, [{ id, label }])));
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 200]);
    expect(answers.map(({ body }) => [body.accepted, body.duplicates])).toEqual([
      [1, 0],
      [0, 0],
      [0, 1],
    ]);
  });

  it('with a label that is no class is 400 with the classes, and nothing of it is recorded', async () => {
    const { rig, ids } = await startWithIds(2);
    const outcomes = ids.map((id, index) => ({ id, label: index === 0 ? 'yes' : 'maybe' }));
    const { status, body } = await report(rig, outcomes);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'label-invalid', field: 'outcomes[1].label' });
    expect(body.error?.message).toContain('"no", "yes"');
    expect([...(await rig.log.findPredictions(model, ids)).values()]).toEqual([null, null]);
  });

  it('without a label is 400 with the field', async () => {
    const { rig, ids } = await startWithIds(1);
    const payload = { outcomes: [{ id: ids[0] }] };
    const response = await rig.service.app.inject({ method: 'POST', url: `/v1/models/${model}/feedback`, payload });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ error: { field: 'outcomes[0].label' } });
  });

  describe('by entity and time', () => {
    const day = (date: number, hour = 0): string => new Date(Date.UTC(2026, 0, date, hour)).toISOString();

    async function startWithDays(): Promise<{ rig: Rig; ids: string[] }> {
      const { rig } = await startWithIds(1);
      const payload = {
        rows: [goodRow, goodRow, goodRow],
        times: [day(1), day(2), day(2)],
        entities: ['shop 7', 'shop 7', "shop '8'"],
      };
      const response = await rig.service.app.inject({ method: 'POST', url: `/v1/models/${model}/predict`, payload });
      return { rig, ids: response.json<PredictAnswer>().predictions.map(({ id }) => id) };
    }

    it('finds the prediction that was about them, once, however it is named the second time', async () => {
      const { rig, ids } = await startWithDays();
      const about = [
        { entity: 'shop 7', time: day(2), label: 'yes', labelTime: day(20) },
        { entity: "shop '8'", time: day(2), label: 'no' },
      ];
      expect((await report(rig, about)).body).toMatchObject({ accepted: 2, unknown: [] });
      const [first = '', second = '', third = ''] = ids;
      const onRecord = [[first, null], [second, 'yes'], [third, 'no']] as const; // prettier-ignore
      expect(await rig.log.findPredictions(model, ids)).toEqual(new Map(onRecord));
      expect((await report(rig, [...about, { id: second, label: 'yes' }])).body).toMatchObject({ duplicates: 3 });
    });

    it('takes the newest within a span, and none outside of it', async () => {
      const { rig, ids } = await startWithDays();
      const late = { entity: 'shop 7', time: day(2, 12), label: 'yes' };
      const { status, body } = await report(rig, [late]);
      expect(status).toBe(404);
      expect(body.error).toMatchObject({ code: 'prediction-unknown', field: 'outcomes[0].entity' });
      expect(body.error?.message).toContain('"shop 7@2026-01-02T12:00:00.000Z"');
      expect((await report(rig, [{ ...late, withinMs: 2 * 86_400_000 }])).body).toMatchObject({ accepted: 1 });
      expect((await rig.log.findPredictions(model, ids)).get(ids[1] ?? '')).toBe('yes');
    });

    it.each([
      ['neither', { label: 'yes' }],
      ['both', { id: 'a', entity: 'shop 7', time: day(1), label: 'yes' }],
      ['half of it', { entity: 'shop 7', label: 'yes' }],
    ])('or by id, but not by %s', async (_name, outcome) => {
      const { rig } = await startWithIds(1);
      const { status, body } = await report(rig, [outcome]);
      expect(status).toBe(400);
      expect(body.error).toMatchObject({ code: 'request-invalid', field: 'outcomes[0]' });
    });
  });

  it('is not acknowledged when it can’t be recorded', async () => {
    const { rig, ids } = await startWithIds(1);
    Object.assign(rig.log, { appendLabels: () => Promise.reject(new Error('no space left on device')) });
    const { status, body } = await report(rig, [{ id: ids[0] ?? '', label: 'yes' }]);
    expect(status).toBe(503);
    expect(body.error?.code).toBe('log-unavailable');
  });
});
