import { Table, TimestampMillisecond, Utf8, tableToIPC, vectorFromArray } from 'apache-arrow';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../../adapters/ports/store.ts';
import { defaultAnswerSettings } from '../../../domain/answers/settings.ts';
import type { ServiceOptions } from '../../../serving/service.ts';
import type { DataSchema } from '../../../domain/table.ts';
import { model, startRig, type Behaviour, type Rig } from './support.ts';

const arrow = 'application/vnd.apache.arrow.stream';
const query = '?entity=customer&time=at';
const schema: DataSchema = {
  features: [
    { name: 'price', type: 'numeric' },
    { name: 'region', type: 'categorical' },
  ],
  label: 'up',
  classes: ['no', 'yes'],
};
const row = { price: 1.5, region: 'north' };
const times = ['2026-01-01T00:00:00Z', '2026-01-01T02:00:00+01:00'];
const customers = ['007', 'b, "c"'];
const rows = customers.map((customer, index) => ({ ...row, customer, at: times[index] }));

async function start(changes: Partial<ServiceOptions> = {}, behaviours: readonly Behaviour[] = [{ schema }]) {
  const rig = await startRig(behaviours, changes);
  await rig.service.listen({ host: '127.0.0.1', port: 0 });
  return rig;
}

async function send({ service }: Rig, type: string, body: string | Uint8Array, asked = query) {
  const url = `/v1/models/${model}/predict/bulk${asked}`;
  const payload = typeof body === 'string' ? body : Buffer.from(body);
  return await service.app.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });
}

async function readLog({ storeDirectory }: Rig): Promise<PredictionRecord[]> {
  const folder = join(storeDirectory, model, 'predictions', 'open');
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.trim().split('\n').map((line) => JSON.parse(line) as PredictionRecord)); // prettier-ignore
}

const toArrow = (entities: readonly (string | null)[] = customers): Uint8Array =>
  tableToIPC(
    new Table({
      price: vectorFromArray(Float64Array.of(1.5, 1.5)),
      region: vectorFromArray(['north', 'north']),
      customer: vectorFromArray(entities, new Utf8()),
      at: vectorFromArray(times.map((time) => Date.parse(time)), new TimestampMillisecond()), // prettier-ignore
    }),
    'stream',
  );
const csv = `price,customer,region,at\n1.5,007,north,${times[0]}\n1.5,"b, ""c""",north,${times[1]}\n`;
const lines = rows.map((one) => JSON.stringify(one)).join('\n');
const beside = JSON.stringify({ rows: [row, row], entities: customers, times });

describe('rows in bulk say who or what they are about, and when', () => {
  it.each([
    ['as JSON, beside the rows', 'application/json', beside, ''],
    ['as JSON, in the rows', 'application/json', JSON.stringify(rows), query],
    ['as NDJSON', 'application/x-ndjson', lines, query],
    ['as CSV, where an entity stays the text that it is', 'text/csv', csv, query],
    ['as Arrow', arrow, toArrow(), query],
  ])('%s, and outcomes find them by it', async (_how, type, body, asked) => {
    const rig = await start();
    expect((await send(rig, type, body, asked)).statusCode).toBe(200);
    const logged = await readLog(rig);
    expect(logged.map(({ entity, eventMs }) => [entity, eventMs])).toEqual(
      customers.map((customer, index) => [customer, Date.parse(times[index]!)]),
    );
    expect(logged.map(({ features }) => features)).toEqual([row, row]);
    const outcomes = customers.map((entity, index) => ({ entity, time: times[index], label: 'yes' }));
    const url = `/v1/models/${model}/feedback`;
    const taken = await rig.service.app.inject({ method: 'POST', url, payload: { outcomes } });
    expect(taken.json()).toMatchObject({ accepted: 2, unknown: [] });
  });

  it('in a column that stays a feature where it is one', async () => {
    const rig = await start();
    await send(rig, 'text/csv', 'price,region\n007,north\n', '?entity=price');
    await send(rig, 'application/json', JSON.stringify([row]), '?entity=region');
    const logged = await readLog(rig);
    expect(logged.map(({ entity, features }) => [entity, features['price'], features['region']])).toEqual([
      ['007', 7, 'north'],
      ['north', 1.5, 'north'],
    ]);
    expect(logged.map(({ eventMs }) => eventMs)).toEqual([null, null]);
  });

  it('in columns that are left out where rows are only scored', async () => {
    const rig = await start();
    for (const [type, body] of [
      ['text/csv', csv],
      [arrow, toArrow()],
    ] as const) {
      // prettier-ignore
      expect((await send(rig, type, body, `${query}&log=false`)).statusCode).toBe(200);
    }
    const scored = await send(rig, 'application/x-ndjson', lines, `${query}&log=false`);
    expect(scored.body.trim().split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([{ label: 'yes' }, { label: 'yes' }]); // prettier-ignore
  });

  it('and are answered by the same version each time while a canary is open, as in a single request', async () => {
    const canary = { version: '2', share: 0.5 };
    const changes = { readCanary: () => Promise.resolve(canary) };
    const rig = await start(changes, [{ schema }, { schema }]);
    await rig.registry.setAlias(model, 'challenger', '2');
    const entities = Array.from({ length: 60 }, (_, index) => `customer ${index}`);
    const about = { rows: entities.map(() => row), entities };
    const single = async (): Promise<(string | undefined)[]> => {
      const url = `/v1/models/${model}/predict`;
      const { predictions } = (await rig.service.app.inject({ method: 'POST', url, payload: about })).json<{
        predictions: { version?: string }[];
      }>();
      return predictions.map(({ version }) => version);
    };
    let expected = await single();
    while (!expected.includes('2')) expected = await single();
    expect(new Set(expected)).toEqual(new Set(['1', '2']));
    const body = entities.map((customer) => JSON.stringify({ ...row, customer })).join('\n');
    const answered = await send(rig, 'application/x-ndjson', body, '?entity=customer');
    const versions = answered.body.trim().split('\n').map((line) => (JSON.parse(line) as { version: string }).version); // prettier-ignore
    expect(versions).toEqual(expected);
  });
});

describe('what rows in bulk are about', () => {
  it.each([
    [
      'an entity that is absent',
      { ...row, at: times[0] },
      'row 2: "customer" is absent: it must be a text of 1 to 200',
    ],
    ['an entity that is no text', { ...rows[0], customer: 7 }, 'row 2: "customer" is 7: it must be a text'],
    [
      'a time without an offset',
      { ...rows[0], at: '2026-01-01T00:00:00' },
      'row 2: "at" is "2026-01-01T00:00:00": it must be an ISO',
    ],
  ])('costs the row alone where it has %s', async (_what, bad, message) => {
    // prettier-ignore
    const rig = await start();
    const answered = await send(rig, 'application/json', JSON.stringify([rows[0], bad, rows[1]]));
    const field = message.split('"')[1];
    expect(answered.json()).toMatchObject([
      { row: 1, label: 'yes' },
      { row: 2, error: { code: 'request-invalid', message: expect.stringContaining(message) as string, field } },
      { row: 3, label: 'yes' },
    ]);
    expect((await readLog(rig)).map(({ entity }) => entity)).toEqual(customers);
  });

  it('costs the row alone where an Arrow column is null', async () => {
    const answered = await send(await start(), arrow, toArrow([null, 'b']), `${query}&log=true`);
    expect(answered.statusCode).toBe(200);
    expect(answered.rawPayload.toString('utf8')).toContain('row 1: "customer" is absent');
  });

  it.each([
    ['fewer entities than rows', { rows: [row], entities: [] }, '', 'entities has 0 entries, rows has 1', 'entities'],
    ['a time that is none', { rows: [row], times: ['soon'] }, '', 'times[0]: Invalid ISO datetime', 'times[0]'],
    ['no list of entities', { rows: [row], entities: 'a' }, '', 'entities: Invalid input', 'entities'],
    ['both ways', { rows, entities: customers }, query, 'or in them with ?entity=: choose one', 'entities'],
    ['a column without a name', [row], '?entity=', 'entity', 'entity'],
  ])('is refused with %s', async (_what, body, asked, message, field) => {
    const answered = await send(await start(), 'application/json', JSON.stringify(body), asked);
    expect(answered.statusCode).toBe(400);
    const { error } = answered.json<{ error: { message: string; field: string } }>();
    expect(error.message).toContain(message);
    expect(error.field).toBe(field);
  });

  it('is refused where an Arrow column is absent or no time', async () => {
    const rig = await start();
    const absent = await send(rig, arrow, toArrow(), '?entity=client');
    expect(absent.json()).toMatchObject({ error: { message: 'the Arrow schema has no column "client"' } });
    const wrong = await send(rig, arrow, toArrow(), '?time=customer');
    expect(wrong.json()).toMatchObject({ error: { message: expect.stringMatching(/"customer" is .*: send timestamp/) as string } }); // prettier-ignore
  });

  it('is refused where its column must not be seen, as it would be logged as it is', async () => {
    const privacy = { hash: ['region'], omit: ['price'] };
    const readSettings = () => Promise.resolve({ ...defaultAnswerSettings, privacy });
    const rig = await start({ readSettings, pseudonymise: (text) => `pseudonym of ${text}` });
    for (const [asked, field] of [
      ['?entity=region', 'entity'],
      ['?time=price', 'time'],
    ] as const) {
      // prettier-ignore
      const answered = await send(rig, 'application/json', JSON.stringify([row]), asked);
      expect(answered.statusCode).toBe(400);
      expect(answered.json()).toMatchObject({
        error: { field, message: expect.stringContaining('privacy') as string },
      });
    }
    expect((await send(rig, 'application/json', JSON.stringify(rows))).statusCode).toBe(200);
    expect((await readLog(rig)).map(({ entity }) => entity)).toEqual(customers);
  });
});

describe('the description of rows in bulk', () => {
  it('has its four forms, in and out, and where rows say what they are about', async () => {
    const { service } = await start();
    const document = (await service.app.inject('/openapi.json')).json<{
      paths: Record<string, { post: { requestBody: { content: object }; responses: Record<string, { content: object }>; parameters: { name: string }[] } }>; // prettier-ignore
    }>();
    const { requestBody, responses, parameters } = document.paths['/v1/models/{name}/predict/bulk']!.post;
    const forms = ['application/json', 'application/x-ndjson', 'text/csv', arrow];
    expect(Object.keys(requestBody.content)).toEqual(forms);
    expect(Object.keys(responses['200']!.content)).toEqual(forms);
    expect(requestBody.content).toMatchObject({
      'application/json': {
        schema: { anyOf: [{ type: 'array' }, { properties: { rows: {}, entities: {}, times: {} } }] },
      },
      [arrow]: { schema: { type: 'string', format: 'binary' } },
    });
    expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(['entity', 'time']));
  });
});
