import {
  Bool,
  Table,
  TimestampMillisecond,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../adapters/store/open-store.ts';
import { defaultAnswerSettings } from '../../../domain/answers/settings.ts';
import { priceSchema } from '../../support/predictions.ts';
import { goodRow, model, startRig, type Behaviour, type Rig } from './support.ts';

const arrow = 'application/vnd.apache.arrow.stream';
const url = `/v1/models/${model}/predict/bulk`;
const badRow = { ...goodRow, price: 'dear' };
const rows = [goodRow, badRow, { ...goodRow, price: null }];
const priceError = {
  code: 'feature-invalid',
  message: 'row 2: "price" must be a finite number or null',
  field: 'price',
};

async function startBulk(
  behaviours: readonly Behaviour[] = [{ output: [0.75] }],
  changes: Parameters<typeof startRig>[1] = {},
): Promise<Rig> {
  const rig = await startRig(behaviours, changes);
  await rig.service.listen({ host: '127.0.0.1', port: 0 });
  return rig;
}

interface Sent {
  readonly type: string;
  readonly accept?: string;
  readonly query?: string;
}

async function send({ service }: Rig, payload: string | Uint8Array, { type, accept, query = '' }: Sent) {
  const headers = { 'content-type': type, ...(accept === undefined ? {} : { accept }) };
  const body = typeof payload === 'string' ? payload : Buffer.from(payload);
  return await service.app.inject({ method: 'POST', url: `${url}${query}`, payload: body, headers });
}

const readOutcomes = async ({ storeDirectory }: Rig) =>
  await (await openStore({ directory: storeDirectory })).readOutcomes({ model, schema: priceSchema });

const toTable = (count: number) =>
  new Table({
    price: vectorFromArray(Float64Array.from({ length: count }, (_, row) => row)),
    region: vectorFromArray(Array.from({ length: count }, (_, row) => (row % 2 === 0 ? 'north' : 'south'))),
    holiday: vectorFromArray(
      Array.from({ length: count }, (_, row) => (row % 3 === 0 ? null : true)),
      new Bool(),
    ),
    seen: vectorFromArray(
      Array.from({ length: count }, () => Date.UTC(2026, 0, 1)),
      new TimestampMillisecond(),
    ),
  });

describe('rows in bulk', () => {
  it('come as JSON and are answered and logged one by one, errors in their place with their number', async () => {
    const rig = await startBulk();
    const response = await send(rig, JSON.stringify(rows), { type: 'application/json' });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('application/json');
    const answers = response.json<{ row: number; id?: string; error?: object }[]>();
    expect(answers).toMatchObject([
      { row: 1, label: 'yes', probability: 0.75 },
      { row: 2, error: priceError },
      { row: 3, label: 'yes' },
    ]);
    const logged = await readOutcomes(rig);
    expect(logged.ids).toEqual([answers[0]?.id, answers[2]?.id]);
    const wrapped = await send(rig, JSON.stringify({ rows }), { type: 'application/json; charset=utf-8' });
    expect(wrapped.json()).toHaveLength(3);
    expect((await send(rig, '[]', { type: 'application/json' })).json()).toEqual([]);
  });

  it('come as NDJSON, of which a broken line costs itself alone', async () => {
    const rig = await startBulk();
    const lines = [JSON.stringify(goodRow), '{"price": ', '', '[1]', JSON.stringify(goodRow)].join('\n');
    const response = await send(rig, lines, { type: 'application/x-ndjson' });
    const answers = response.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const broken = (row: number) => ({
      row,
      error: { code: 'request-invalid', message: `row ${row} is no JSON object` },
    });
    expect(answers).toMatchObject([{ row: 1, label: 'yes' }, broken(2), broken(3), { row: 4, label: 'yes' }]);
    expect((await readOutcomes(rig)).ids).toHaveLength(2);
  });

  it('come as CSV, where an empty cell is missing, and go as CSV', async () => {
    const rig = await startBulk();
    const csv = [
      'region,price,holiday,seen',
      '"north, far",1.5,true,2026-01-01T00:00:00Z',
      'north,dear,true,2026-01-01T00:00:00Z',
      ',,,',
      'north,1.5',
    ].join('\n');
    const response = await send(rig, csv, { type: 'text/csv' });
    expect(response.headers['content-type']).toContain('text/csv');
    const [header, first, second, third, fourth] = response.body.split('\n');
    expect(header).toBe('row,id,label,probability,p_no,p_yes,abstained,error');
    expect(first).toMatch(/^1,[\w-]+,yes,0.75,0.25,0.75,,$/);
    expect(second).toBe('2,,,,,,,"row 2: ""price"" must be a finite number or null"');
    expect(third).toMatch(/^3,[\w-]+,yes,/);
    expect(fourth).toContain('""holiday"" is absent');
  });

  it('come as Arrow and go as Arrow, with ids and labels where they are logged', async () => {
    const rig = await startBulk();
    const response = await send(rig, tableToIPC(toTable(5), 'stream'), { type: arrow });
    expect(response.headers['content-type']).toBe(arrow);
    const answered = tableFromIPC(response.rawPayload);
    expect(answered.schema.fields.map(({ name }) => name)).toEqual(['id', 'label', 'error', 'p_no', 'p_yes']);
    expect(answered.numRows).toBe(5);
    expect(answered.get(0)?.toJSON()).toMatchObject({ label: 'yes', error: null, p_no: 0.25, p_yes: 0.75 });
    expect([...(answered.getChild('id') ?? [])]).toEqual((await readOutcomes(rig)).ids);
  });

  it('come in one form and go in another', async () => {
    const rig = await startBulk();
    const asCsv = await send(rig, tableToIPC(toTable(2), 'stream'), {
      type: arrow,
      accept: 'text/html, text/csv;q=.5',
    });
    expect(asCsv.body.split('\n')[2]).toMatch(/^2,[\w-]+,yes,0.75,/);
    const asArrow = await send(rig, JSON.stringify(rows), { type: 'application/json', accept: arrow });
    expect(
      tableFromIPC(asArrow.rawPayload)
        .toArray()
        .map((row) => (row as { error: string | null }).error),
    ).toEqual([null, priceError.message, null]);
  });

  it('are only scored with log=false: without id, without a trace in the log', async () => {
    const rig = await startBulk();
    const response = await send(rig, JSON.stringify(rows), { type: 'application/json', query: '?log=false' });
    expect(response.json()).toEqual([
      { row: 1, label: 'yes', probability: 0.75, probabilities: { no: 0.25, yes: 0.75 } },
      { row: 2, error: priceError },
      { row: 3, label: 'yes', probability: 0.75, probabilities: { no: 0.25, yes: 0.75 } },
    ]);
    expect((await readOutcomes(rig)).ids).toEqual([]);
  });

  it('go as columns of outputs alone where that is asked for', async () => {
    const rig = await startBulk();
    const query = '?log=false&columns=outputs';
    const response = await send(rig, tableToIPC(toTable(3), 'stream'), { type: arrow, query });
    const answered = tableFromIPC(response.rawPayload);
    expect(answered.toArray().map((row) => ({ ...(row as object) }))).toEqual(
      Array.from({ length: 3 }, () => ({ p_no: 0.25, p_yes: 0.75 })),
    );
    const fromRows = await send(rig, JSON.stringify(rows), { type: 'application/json', accept: arrow, query });
    expect([...(tableFromIPC(fromRows.rawPayload).getChild('p_yes') ?? [])]).toEqual([0.75, null, 0.75]);
  });

  it('are Arrow without log, word for word, also where the policy has rows looked at one by one', async () => {
    const query = '?log=false';
    const ask = async (rig: Rig) => {
      const answered = tableFromIPC(
        (await send(rig, tableToIPC(toTable(9), 'stream'), { type: arrow, query })).rawPayload,
      );
      return answered.toArray().map((row) => ({ ...(row as object) }));
    };
    const told = { id: null, error: null, p_no: 0.25, p_yes: 0.75 };
    expect(await ask(await startBulk())).toEqual(Array.from({ length: 9 }, () => ({ ...told, label: 'yes' })));
    const answers = { ...defaultAnswerSettings.answers, abstainBelow: 0.8 };
    const rig = await startBulk([{ output: [0.75] }], {
      readSettings: () => Promise.resolve({ ...defaultAnswerSettings, answers }),
    });
    expect(await ask(rig)).toEqual(Array.from({ length: 9 }, () => ({ ...told, label: null })));
  });

  it('may be none: without a body JSON is refused, as nothing is no JSON, and no lines are answered with none', async () => {
    const { service } = await startBulk();
    const ask = async (headers: Readonly<Record<string, string>>) =>
      await service.app.inject({ method: 'POST', url, headers });
    expect((await ask({})).statusCode).toBe(400);
    expect((await ask({ 'content-type': 'application/json' })).statusCode).toBe(400);
    expect(await ask({ 'content-type': 'application/x-ndjson' })).toMatchObject({ statusCode: 200, body: '' });
  });

  it('stream: thousands of rows over batches keep their order and their numbers', async () => {
    const rig = await startBulk();
    const lines = Array.from({ length: 3_500 }, (_, row) => JSON.stringify(row === 2_500 ? badRow : goodRow)).join(
      '\n',
    );
    const response = await send(rig, lines, { type: 'application/x-ndjson', query: '?log=false' });
    const answers = response.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { row: number; error?: object });
    expect(answers.map(({ row }) => row)).toEqual(Array.from({ length: 3_500 }, (_, row) => row + 1));
    expect(answers.filter(({ error }) => error !== undefined).map(({ row }) => row)).toEqual([2_501]);
  });
});

describe('rows in bulk are refused', () => {
  it.each([
    ['of a form that nobody reads', 'x', { type: 'text/plain' }, 415, /"text\/plain" is not read here/],
    [
      'for a form that nobody writes',
      '[]',
      { type: 'application/json', accept: 'image/png' },
      406,
      /accept one of them/,
    ],
    ['that are no array', '{"row": {}}', { type: 'application/json' }, 400, /must be a JSON array of rows/],
    ['that are no Arrow', 'these are no columns', { type: arrow }, 400, /no Arrow IPC stream/],
    ['that are no CSV', '"a" b"\n1\n', { type: 'text/csv' }, 400, /the CSV can't be read/],
    ['as outputs alone but logged', '[]', { type: arrow, query: '?columns=outputs' }, 400, /needs log=false/],
    ['with a log that is no truth value', '[]', { type: 'application/json', query: '?log=maybe' }, 400, /log/],
  ])('%s', async (_what, payload, sent, status, message) => {
    const response = await send(await startBulk(), payload, sent);
    expect(response.statusCode).toBe(status);
    expect(response.json<{ error: { message: string } }>().error.message).toMatch(message);
  });

  it('whose Arrow columns are absent or of another type, with the name of the column', async () => {
    const rig = await startBulk();
    const without = tableToIPC(toTable(2).select(['price', 'region', 'holiday']), 'stream');
    const absent = await send(rig, without, { type: arrow });
    expect(absent.json()).toMatchObject({ error: { message: 'the Arrow schema has no column "seen"', field: 'seen' } });
    const texts = tableFromArrays({ price: ['a'], region: ['b'], holiday: [true], seen: ['c'] });
    const wrong = await send(rig, tableToIPC(texts, 'stream'), { type: arrow });
    expect(wrong.json<{ error: { message: string } }>().error.message).toMatch(/column "price" is .*: send a number/);
  });

  it('that are none at all', async () => {
    const rig = await startBulk();
    const response = await rig.service.app.inject({ method: 'POST', url });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({
      error: { message: 'the body must be a JSON array of rows, or {"rows": […]}' },
    });
  });

  it.each([
    ['while too many rows wait', { fails: 'queue' }, 503, 'overloaded'],
    ['when the network fails', { fails: 'predict' }, 500, 'prediction-failed'],
    ['when an output is no finite number', { output: [Number.NaN] }, 500, 'prediction-failed'],
  ] as const)('as Arrow %s, as single rows are', async (_what, behaviour, status, code) => {
    const response = await send(await startBulk([behaviour]), tableToIPC(toTable(3), 'stream'), { type: arrow, query: '?log=false' }); // prettier-ignore
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ error: { code } });
  });

  it('while there is no champion', async () => {
    const response = await send(await startBulk([]), '[]', { type: 'application/json' });
    expect(response.statusCode).toBe(503);
  });
});
