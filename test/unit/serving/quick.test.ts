import { once } from 'node:events';
import { connect } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadModel } from '../../../adapters/runtime/load-model.ts';
import type { PredictionRecord } from '../../../adapters/ports/store.ts';
import { defaultAnswerSettings, type AnswerSettings } from '../../../domain/answers/settings.ts';
import { readServiceEnvironment } from '../../../config/service-environment.ts';
import { openSecurity } from '../../../serving/security/open-security.ts';
import type { ServiceOptions } from '../../../serving/service.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { writeRandomPackage, type PackageShape } from '../engine/random-packages.ts';
import { bearer, makeKey } from './secured.ts';
import { model, quietLogger, startRig, type Rig } from './support.ts';

const path = `/v1/models/${model}/predict`;
const shapeOf = (classes: number): PackageShape => ({
  types: ['numeric', 'categorical', 'timestamp'],
  classes,
  members: [{ hidden: [{ units: 8, activation: 'relu' }], hasDropout: false, isCalibrated: false, dataSeed: 1 }],
  isCalibrated: false,
  seed: 5,
});
const goodRow = { f0: 1.5, 'a "b" 1': 'c1', "x'];2": '2026-01-01T00:00:00Z' };

interface QuickRig extends Rig {
  readonly url: string;
  /** Requests that the framework has seen. */
  readonly seen: () => number;
}

/** A service with compiled networks of champion and previous. */
async function startQuick(changes: Partial<ServiceOptions> = {}, classes = 2): Promise<QuickRig> {
  const rig = await startRig([], { loadModel, ...changes });
  for (const seed of [5, 6]) {
    const { directory, remove } = await writeRandomPackage({ ...shapeOf(classes), seed });
    onTestFinished(remove);
    await rig.registry.register({ model, idempotencyKey: String(seed), packageDirectory: directory, tags: {} });
  }
  await rig.registry.setAlias(model, 'previous', '2');
  await rig.registry.setAlias(model, 'champion', '1');
  let seen = 0;
  rig.service.app.addHook('onRequest', (_request, _reply, done) => {
    seen += 1;
    done();
  });
  const port = await rig.service.listen({ host: '127.0.0.1', port: 0 });
  return { ...rig, url: `http://127.0.0.1:${port}`, seen: () => seen };
}

async function post(rig: QuickRig, body: string, headers: Readonly<Record<string, string>> = {}, at = path) {
  const response = await fetch(`${rig.url}${at}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.json() };
}

/** The same by the framework alone. */
async function inject(rig: QuickRig, body: string, headers: Readonly<Record<string, string>> = {}, at = path) {
  const response = await rig.service.app.inject({
    method: 'POST',
    url: at,
    headers: { 'content-type': 'application/json', ...headers },
    payload: body,
  });
  return { status: response.statusCode, headers: response.headers, body: response.json<unknown>() };
}

/** Without what differs between equal requests. */
function withoutIds(value: unknown): unknown {
  const fresh = ['id', 'requestId', 'atMs', 'latencyMs'];
  return JSON.parse(JSON.stringify(value), (key: string, inner: unknown) => (fresh.includes(key) ? '' : inner));
}

async function readLog({ storeDirectory }: Rig): Promise<readonly PredictionRecord[]> {
  const folder = join(storeDirectory, model, 'predictions', 'open');
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const records = texts.flatMap((text) => text.split('\n').filter((line) => line !== '')).map((line) => JSON.parse(line) as PredictionRecord); // prettier-ignore
  return records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const rowArbitrary = fc.record({
  f0: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
  'a "b" 1': fc.oneof(fc.constantFrom('c1', 'c2', 'x:y', '"\\ü'), fc.constant(null)),
  "x'];2": fc.constantFrom('2026-01-01T00:00:00Z', '1999-12-31', null),
});

describe('a plain request to predict', () => {
  it.each([0, 2, 3])(
    'is answered and logged as the framework does it, which does not see it: %i classes',
    async (classes) => {
      const rig = await startQuick({}, classes);
      await fc.assert(
        fc.asyncProperty(fc.array(rowArbitrary, { minLength: 1, maxLength: 3 }), async (rows) => {
          const body = JSON.stringify({ rows });
          const before = rig.seen();
          const quick = await post(rig, body);
          expect(rig.seen()).toBe(before);
          const slow = await inject(rig, body);
          expect(quick.status).toBe(200);
          expect(withoutIds(quick.body)).toEqual(withoutIds(slow.body));
          const log = (await readLog(rig)).slice(-2 * rows.length);
          expect(withoutIds(log.slice(0, rows.length))).toEqual(withoutIds(log.slice(rows.length)));
          expect(log[0]!.id).toBe((quick.body as { predictions: { id: string }[] }).predictions[0]!.id);
        }),
        { numRuns: 25 },
      );
    },
  );

  it('gets the headers of every answer, and its own request id', async () => {
    const rig = await startQuick();
    const body = JSON.stringify({ rows: [goodRow] });
    const quick = await post(rig, body, { 'x-request-id': 'mine' });
    const { headers } = await inject(rig, body);
    expect(Object.keys(quick.headers).filter((name) => !['keep-alive', 'connection', 'date'].includes(name)).sort()).toEqual(
      Object.keys(headers).filter((name) => !['connection', 'date'].includes(name)).sort(),
    ); // prettier-ignore
    for (const name of ['content-security-policy', 'cache-control', 'content-type', 'x-content-type-options']) {
      expect(quick.headers[name]).toBe(headers[name]);
    }
    expect(quick.body).toMatchObject({ requestId: 'mine', version: '1' });
    expect((await readLog(rig))[0]).toMatchObject({ requestId: 'mine', features: goodRow, shadow: { version: '2' } });
  });

  it('is withheld as the project says, and the log tells so', async () => {
    const settings: AnswerSettings = {
      ...defaultAnswerSettings,
      answers: { ...defaultAnswerSettings.answers, abstainBelow: 1 },
    };
    const rig = await startQuick({ readSettings: () => Promise.resolve(settings) });
    const body = JSON.stringify({ rows: [goodRow] });
    const quick = await post(rig, body);
    expect(rig.seen()).toBe(0);
    expect(withoutIds(quick.body)).toEqual(withoutIds((await inject(rig, body)).body));
    expect((await readLog(rig)).map(({ abstained }) => abstained)).toEqual(['low-probability', 'low-probability']);
  });

  it('is answered, logged and counted once, however many come in the same turn', async () => {
    const rig = await startQuick();
    const body = JSON.stringify({ rows: [goodRow] });
    const answers = await Promise.all(Array.from({ length: 40 }, () => post(rig, body)));
    const ids = answers.map((answer) => (answer.body as { predictions: { id: string }[] }).predictions[0]!.id);
    expect((await readLog(rig)).map(({ id }) => id)).toEqual(ids.toSorted());
    expect(rig.seen()).toBe(0);
    expect((await rig.service.app.inject('/metrics')).body).toContain(
      `incumbent_request_duration_seconds_count{route="/v1/models/:name/predict",model="${model}",status="200"} 40`,
    );
  });
});

describe('a request to predict that is not plain', () => {
  const rowWith = (text: string): string => `{"rows":[{"f0":1,"a \\"b\\" 1":"c1","x'];2":null${text}}]}`;
  const notPlain = [
    ['no JSON', '{"rows":[{]'],
    ['nothing', ''],
    ['an array', '[]'],
    ['no rows', '{"rows":[]}'],
    ['an entity', JSON.stringify({ rows: [goodRow], entities: ['a'] })],
    ['a request id', JSON.stringify({ rows: [goodRow], requestId: 'mine' })],
    ['a word that nobody knows', JSON.stringify({ rows: [goodRow], what: 1 })],
    ['a feature too many', rowWith(',"more":1')],
    ['a prototype', rowWith(',"__proto__":{"f0":2}')],
    ['a feature too few', JSON.stringify({ rows: [{ f0: 1 }] })],
    ['a number that is none', JSON.stringify({ rows: [{ ...goodRow, f0: 'one' }] })],
    ['a number too large', JSON.stringify({ rows: [goodRow] }).replace('1.5', '1e999')],
    ['no time', JSON.stringify({ rows: [{ ...goodRow, "x'];2": 'soon' }] })],
    ['a row that is none', '{"rows":[null]}'],
  ] as const;
  it('is left to the framework, and answered in its words', async () => {
    const rig = await startQuick();
    for (const [what, body] of notPlain) {
      const before = rig.seen();
      const found = await post(rig, body);
      expect(rig.seen(), what).toBe(before + 1);
      const expected = await inject(rig, body);
      expect(found.status, what).toBe(expected.status);
      expect(withoutIds(found.body), what).toEqual(withoutIds(expected.body));
    }
  });

  it('is left to the framework by its head: another type, a question, another model, an encoding', async () => {
    const rig = await startQuick();
    const body = JSON.stringify({ rows: [goodRow] });
    expect((await post(rig, body, { 'content-type': 'text/csv' })).status).toBe(415);
    expect((await post(rig, body, {}, `${path}?explain=true`)).status).toBe(200);
    expect((await post(rig, body, {}, '/v1/models/nobody/predict')).status).toBe(404);
    expect(rig.seen()).toBe(3);
  });

  it.each([
    ['a control slice', { answers: { ...defaultAnswerSettings.answers, controlShare: 0.5 } }],
    ['columns to leave out', { privacy: { hash: [], omit: ['name'] } }],
  ])('is left to the framework where the project asks for more: %s', async (_, changes) => {
    const rig = await startQuick({ readSettings: () => Promise.resolve({ ...defaultAnswerSettings, ...changes }) });
    expect((await post(rig, JSON.stringify({ rows: [goodRow] }))).status).toBe(200);
    expect(rig.seen()).toBe(1);
  });

  it('stands in the log as it was understood, also where a name is there twice', async () => {
    const rig = await startQuick();
    const body = `{ "rows": [ {"f0": 7, "f0": 1.50, "a \\u0022b\\u0022 1": "c1",\n "x'];2": null} ] }`;
    expect((await post(rig, body)).status).toBe(200);
    const folder = join(rig.storeDirectory, model, 'predictions', 'open');
    const [name = ''] = await readdir(folder);
    const text = await readFile(join(folder, name), 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(text).not.toContain('7,');
    expect((await readLog(rig))[0]!.features).toEqual({ f0: 1.5, 'a "b" 1': 'c1', "x'];2": null });
  });
});

describe('whoever sends a plain request', () => {
  it('must show a key that may predict, and may ask as often as allowed', async () => {
    const directory = join(await temporaryFolder(), 'security');
    const environment = readServiceEnvironment({
      INCUMBENT_AUTH: 'keys',
      INCUMBENT_RATE_PER_SECOND: '0.001',
      INCUMBENT_RATE_BURST: '2',
    });
    const [may, mayNot] = [await makeKey(directory, ['predict']), await makeKey(directory, ['feedback'])];
    const security = await openSecurity({ environment, directory, host: '127.0.0.1', logger: quietLogger() });
    onTestFinished(() => security.close());
    const rig = await startQuick({ security });
    const body = JSON.stringify({ rows: [goodRow] });
    expect((await post(rig, body)).status).toBe(401);
    expect((await post(rig, body, bearer('wrong'))).status).toBe(401);
    expect((await post(rig, body, bearer(mayNot.key))).status).toBe(403);
    expect(rig.seen()).toBe(3);
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await post(rig, body, bearer(may.key))).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect(rig.seen()).toBe(4);
  });

  it('is told when the log can’t be written', async () => {
    const rig = await startQuick();
    const appendPredictions = () => Promise.reject(new Error('the disk is full'));
    const broken = await startQuick({ log: { ...rig.log, appendPredictions } });
    const found = await post(broken, JSON.stringify({ rows: [goodRow] }));
    expect(found).toMatchObject({ status: 503, body: { error: { code: 'log-unavailable' } } });
  });

  it('holds no place when it goes away in the middle', async () => {
    const rig = await startQuick();
    const { port } = new URL(rig.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"rows"`,
    );
    const inFlight = async (): Promise<string> => (await rig.service.app.inject('/metrics')).body;
    while (!(await inFlight()).includes('incumbent_requests_in_flight 1')) await sleep(2);
    socket.destroy();
    await once(socket, 'close');
    while (!(await inFlight()).includes('incumbent_requests_in_flight 0')) await sleep(2);
    expect((await post(rig, JSON.stringify({ rows: [goodRow] }))).status).toBe(200);
  });

  it('is told to go elsewhere while the service drains', async () => {
    const rig = await startQuick();
    rig.service.drain();
    const found = await post(rig, JSON.stringify({ rows: [goodRow] }));
    expect(found.status).toBe(200);
    expect(found.headers['connection']).toBe('close');
  });
});
