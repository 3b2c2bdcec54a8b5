import { describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../../adapters/ports/store.ts';
import { openStore } from '../../../adapters/store/open-store.ts';
import type { PredictAnswer } from '../../../config/wire.ts';
import { priceSchema } from '../../support/predictions.ts';
import { goodRow, model, startRig, type Rig } from './support.ts';

const url = `/v1/models/${model}/predict`;

async function listen(rig: Rig): Promise<Rig> {
  await rig.service.listen({ host: '127.0.0.1', port: 0 });
  return rig;
}

async function predict({ service }: Rig, body: object) {
  const response = await service.app.inject({ method: 'POST', url, payload: body });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.json<PredictAnswer & { error: Refusal }>(),
  };
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

const readOutcomes = async ({ storeDirectory }: Rig) =>
  await (await openStore({ directory: storeDirectory })).readOutcomes({ model, schema: priceSchema });

describe('a prediction', () => {
  it('names the version that answered, and comes in the order of the rows', async () => {
    const rig = await listen(await startRig());
    const { status, body } = await predict(rig, { rows: [goodRow, { ...goodRow, price: null }], requestId: 'mine' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ model, version: '1', requestId: 'mine' });
    expect(body.predictions).toHaveLength(2);
    expect(body.predictions[0]).toMatchObject({
      label: 'yes',
      probability: 0.75,
      probabilities: { no: 0.25, yes: 0.75 },
    });
    const ids = body.predictions.map(({ id }) => id);
    expect([...ids].sort()).toEqual(ids);
  });

  it('is in the log, with what the previous champion would have said', async () => {
    const rig = await listen(await startRig([{ output: [0.75] }, { output: [0.125] }]));
    const { body } = await predict(rig, { rows: [goodRow, goodRow] });
    const rows = await readOutcomes(rig);
    expect(rows.ids).toEqual(body.predictions.map(({ id }) => id));
    expect(rows.versions).toEqual(['1', '1']);
    expect(Array.from(rows.outputs.values)).toEqual([0.75, 0.75]);
    expect(rows.shadowVersions).toEqual(['2', '2']);
    expect(Array.from(rows.shadowOutputs.values)).toEqual([0.125, 0.125]);
  });

  it('carries the event times of its rows into the log', async () => {
    const logged: PredictionRecord[] = [];
    const rig = await startRig();
    const { appendPredictions } = rig.log;
    Object.assign(rig.log, {
      appendPredictions: (name: string, records: PredictionRecord[]) => {
        logged.push(...records);
        return appendPredictions(name, records);
      },
    });
    await listen(rig);
    await predict(rig, { rows: [goodRow], times: ['1996-05-07T00:30:00Z'] });
    await predict(rig, { rows: [goodRow] });
    expect(logged.map(({ eventMs }) => eventMs)).toEqual([Date.parse('1996-05-07T00:30:00Z'), null]);
    expect(logged[0]?.features).toEqual(goodRow);
  });

  it.each([
    ['fails', { fails: 'predict' as const }],
    ['gives no number', { output: [] }],
    ['has other features', { schema: { ...priceSchema, features: priceSchema.features.slice(1) } }],
    ['has its classes in another order', { schema: { ...priceSchema, classes: ['yes', 'no'] } }],
  ])('does not fail when the previous champion %s', async (_name, behaviour) => {
    const rig = await listen(await startRig([{}, behaviour]));
    expect((await predict(rig, { rows: [goodRow] })).status).toBe(200);
    expect((await readOutcomes(rig)).shadowVersions).toEqual([null]);
  });

  it('is refused with Retry-After, and not logged, when too much waits for the model', async () => {
    const rig = await listen(await startRig([{ fails: 'queue' }]));
    const { status, headers, body } = await predict(rig, { rows: [goodRow] });
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect(body.error).toEqual({
      code: 'overloaded',
      message: '20000 rows wait for version 1 of this model already: try again in a second',
    });
    expect((await readOutcomes(rig)).ids).toEqual([]);
  });

  it('fails without a trace in the log, or of the inside in the answer, when the champion fails', async () => {
    const rig = await listen(await startRig([{ fails: 'predict' }]));
    const { status, body } = await predict(rig, { rows: [goodRow] });
    expect(status).toBe(500);
    expect(body).toEqual({
      error: { code: 'prediction-failed', message: 'version 1 could not predict; nothing was logged' },
    });
    expect((await readOutcomes(rig)).ids).toEqual([]);
  });

  it('is not given when it can’t be logged', async () => {
    const rig = await listen(await startRig());
    Object.assign(rig.log, { appendPredictions: () => Promise.reject(new Error('no space left on device')) });
    const { status, headers, body } = await predict(rig, { rows: [goodRow] });
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect(body.error.code).toBe('log-unavailable');
    expect(JSON.stringify(body)).not.toContain('no space');
  });
});

describe('a malformed prediction', () => {
  it.each([
    ['an unknown feature', { rows: [{ ...goodRow, colour: 'red' }] }, 'rows[0].colour'],
    ['an absent feature', { rows: [goodRow, { price: 1, region: 'a', holiday: true }] }, 'rows[1].seen'],
    ['a text for a number', { rows: [{ ...goodRow, price: '1' }] }, 'rows[0].price'],
    ['a number for a category', { rows: [{ ...goodRow, region: 3 }] }, 'rows[0].region'],
    ['a text for a boolean', { rows: [{ ...goodRow, holiday: 'yes' }] }, 'rows[0].holiday'],
    ['a time that is none', { rows: [{ ...goodRow, seen: 'noon' }] }, 'rows[0].seen'],
    ['a list for a number', { rows: [{ ...goodRow, price: [1] }] }, 'rows[0].price'],
    ['a row that is no object', { rows: [7] }, 'rows[0]'],
    ['no rows', { rows: [] }, 'rows'],
    ['too many rows', { rows: Array.from({ length: 10_001 }, () => ({})) }, 'rows'],
    ['fewer times than rows', { rows: [goodRow, goodRow], times: ['2026-01-01T00:00:00Z'] }, 'times'],
    ['more entities than rows', { rows: [goodRow], entities: ['a', 'b'] }, 'entities'],
    ['an event time that is none', { rows: [goodRow], times: ['noon'] }, 'times[0]'],
  ])('with %s is refused with the field', async (_name, body, field) => {
    const rig = await listen(await startRig());
    const { status, body: answer } = await predict(rig, body);
    expect(status).toBe(400);
    expect(answer.error.field).toBe(field);
    expect(answer.error.message).not.toBe('');
  });

  it.each([
    ['is no JSON', '{"rows": [', 'application/json', 400],
    ['has a number that is too large', '{"rows": [{"price": 1e999}]}', 'application/json', 400],
    ['tries to poison prototypes', '{"rows": [{"__proto__": 1}]}', 'application/json', 400],
    ['is no JSON by its own word', 'rows', 'text/plain', 415],
    ['is too large', JSON.stringify({ rows: [{ region: 'x'.repeat(2_000) }] }), 'application/json', 413],
  ])('that %s is refused without a stack', async (_name, payload, contentType, status) => {
    const rig = await listen(await startRig([{}], { bodyLimitBytes: 1_000 }));
    const headers = { 'content-type': contentType };
    const response = await rig.service.app.inject({ method: 'POST', url, payload, headers });
    expect(response.statusCode).toBe(status);
    expect(response.json<{ error: Refusal }>().error.message).not.toBe('');
    expect(response.body).not.toContain('node_modules');
  });
});

describe('a prediction that nobody can give', () => {
  it('is 404 for an unknown model, and says which there are', async () => {
    const rig = await listen(await startRig());
    const response = await rig.service.app.inject({
      method: 'POST',
      url: '/v1/models/other/predict',
      payload: { rows: [goodRow] },
    });
    expect(response.statusCode).toBe(404);
    expect(response.json<{ error: Refusal }>().error).toMatchObject({
      code: 'model-unknown',
      message: 'there is no model "other" here; this replica serves electricity',
    });
  });

  it('is 503 with Retry-After before the first champion', async () => {
    const rig = await listen(await startRig([]));
    const { status, headers, body } = await predict(rig, { rows: [goodRow] });
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect(body.error.code).toBe('no-champion');
  });
});
