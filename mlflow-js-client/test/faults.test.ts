import { describe, expect, it } from 'vitest';
import { createMlflowClient } from '../src/index.ts';
import { hangUp, impatient, json, listen, page, scripted, silence } from './answers.ts';

const experiment = json(200, { experiment: { experiment_id: '7', name: 'prices', lifecycle_stage: 'active' } });
const created = json(200, { experiment_id: '7' });

describe('an answer that is no success', () => {
  it.each([
    [
      'a page for an unknown call',
      page(404, '<html><head><title>x</title></head><h1>Not Found</h1></html>'),
      'ENDPOINT_NOT_FOUND',
      'Not Found — the server is too old',
    ],
    [
      'text for wrong credentials',
      page(401, 'You are not authenticated.'),
      'UNAUTHENTICATED',
      'check user name and password, or the token',
    ],
    [
      'a refused host',
      page(403, 'Invalid Host header - possible DNS rebinding attack detected'),
      'HOST_NOT_ALLOWED',
      '--allowed-hosts',
    ],
    ['a refused user', json(403, { error_code: 'PERMISSION_DENIED', message: 'no' }), 'PERMISSION_DENIED', 'no —'],
    [
      'a word that nobody knows',
      json(418, { error_code: 'TEAPOT', message: 'short and stout' }),
      'REFUSED',
      'short and stout',
    ],
    [
      'a gateway of its own',
      page(413, '<h1>413 Request Entity Too Large</h1>'),
      'REFUSED',
      '413 Request Entity Too Large',
    ],
    ['nothing at all', page(400, ''), 'REFUSED', 'answered 400'],
  ])('is told in words and a code: %s', async (_, answer, code, words) => {
    const { client } = await scripted([answer]);
    const failure = client.experiments.get('7');
    await expect(failure).rejects.toMatchObject({ name: 'MlflowError', code, message: expect.stringContaining(words) });
    await expect(failure).rejects.toThrow(/^GET experiments\/get at http:\/\/127/);
  });

  it('keeps the status and the code that the server used', async () => {
    const { client } = await scripted([json(409, { error_code: 'CONFLICT', message: 'busy' })]);
    await expect(client.experiments.get('7')).rejects.toMatchObject({ status: 409, serverCode: 'CONFLICT' });
  });

  it('shows the beginning of a long page only', async () => {
    const { client } = await scripted([page(400, `<p>${'x'.repeat(5_000)}</p>`)]);
    const error: unknown = await client.experiments.get('7').catch((caught: unknown) => caught);
    expect((error as Error).message.length).toBeLessThan(450);
  });
});

describe('an answer that MLflow would not give', () => {
  it.each([
    ['a page', page(200, '<title>Sign in</title><h1>Please sign in</h1>'), 'is this the address of an MLflow server'],
    ['other JSON', json(200, { experiments: 3 }), 'experiment'],
    ['an array', json(200, []), 'experiment'],
  ])('is an error, not a value: %s', async (_, answer, words) => {
    const { client } = await scripted([answer]);
    await expect(client.experiments.get('7')).rejects.toMatchObject({
      code: 'UNEXPECTED_ANSWER',
      message: expect.stringContaining(words),
    });
  });

  it('such as a page token for ever is an error, not a loop', async () => {
    const { client } = await scripted([json(200, { runs: [], next_page_token: 'again' })]);
    const all = async () => {
      for await (const _ of client.runs.search({ experimentIds: ['1'] }));
    };
    await expect(all()).rejects.toMatchObject({ code: 'UNEXPECTED_ANSWER', message: expect.stringContaining('twice') });
  });

  it('may have numbers as text, and leave out what is empty', async () => {
    const info = { run_id: 'r', experiment_id: '1', status: 'RUNNING', start_time: '12', lifecycle_stage: 'active' };
    const { client } = await scripted([json(200, { run: { info } })]);
    expect(await client.runs.get('r')).toMatchObject({
      startTime: 12,
      endTime: null,
      metrics: [],
      params: {},
      datasets: [],
    });
  });
});

describe('what is tried again', () => {
  const busy = json(503, { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'busy' });

  it('is reading, after a failure that may pass', async () => {
    const { client, asked } = await scripted([busy, hangUp, page(502, 'Bad Gateway'), experiment]);
    expect(await client.experiments.get('7')).toMatchObject({ experimentId: '7' });
    expect(asked).toHaveLength(4);
  });

  it('ends after as many tries as are allowed', async () => {
    const { client, asked } = await scripted([busy], { retry: { attempts: 3, firstDelayMs: 1 } });
    await expect(client.experiments.get('7')).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE', status: 503 });
    expect(asked).toHaveLength(3);
  });

  it('is not reading that was refused', async () => {
    const { client, asked } = await scripted([json(400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'no' })]);
    await expect(client.experiments.get('7')).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['the connection broke', hangUp, 'CONNECTION_FAILED'],
    ['the server failed', page(500, 'oops'), 'INTERNAL_ERROR'],
    ['a gateway gave up', page(504, 'Gateway Time-out'), 'TEMPORARILY_UNAVAILABLE'],
  ])('is not making something, which may have been made, when %s', async (_, answer, code) => {
    const { client, asked } = await scripted([answer, created]);
    await expect(client.experiments.create({ name: 'prices' })).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(1);
  });

  it('is making something that the server was too busy to look at, when it says so', async () => {
    const { client, asked } = await scripted([json(429, {}, { 'retry-after': '0.01' }), created]);
    expect(await client.experiments.create({ name: 'prices' })).toBe('7');
    expect(asked).toHaveLength(2);
  });

  it('is writing that changes nothing when it is repeated', async () => {
    const { client, asked } = await scripted([hangUp, json(200, {})]);
    await client.runs.logBatch('r', { params: { a: '1' } });
    expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { run_id: 'r', metrics: [], params: [{ key: 'a', value: '1' }], tags: [] },
      { run_id: 'r', metrics: [], params: [{ key: 'a', value: '1' }], tags: [] },
    ]);
  });
});

describe('a server that can not be reached', () => {
  it('is an error that says where it was looked for', async () => {
    const client = createMlflowClient({ trackingUri: 'http://127.0.0.1:9/', ...impatient });
    await expect(client.check()).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:9: no connection \(.+\); check that the server runs/),
    });
  });

  it.each(['', 'mlruns', 'file:///tmp/mlruns', 'sqlite:///mlflow.db', 'databricks'])(
    'by the address "%s" is refused before anything is sent',
    (trackingUri) => {
      expect(() => createMlflowClient({ trackingUri })).toThrow(/give the http or https address of an MLflow server/);
    },
  );

  it('because nobody vouches for its certificate is an error of its own, for calls and for artifacts', async () => {
    const url = await listen((_, response) => void response.end('{}'), true);
    const client = createMlflowClient({ trackingUri: url, ...impatient });
    const failed = { code: 'TLS_FAILED', message: expect.stringContaining('NODE_EXTRA_CA_CERTS') };
    await expect(client.check()).rejects.toMatchObject(failed);
    await expect(client.artifacts.read('mlflow-artifacts:/a')).rejects.toMatchObject(failed);
  });

  it('because it speaks http and not https is one, too', async () => {
    const url = await listen((_, response) => void response.end('{}'));
    const client = createMlflowClient({ trackingUri: url.replace('http:', 'https:'), ...impatient });
    await expect(client.check()).rejects.toMatchObject({ code: 'TLS_FAILED' });
  });

  it('in time is a time-out, also where it answers a part', async () => {
    const stuck = (response: Parameters<typeof silence>[0]) => void response.writeHead(200).write('{');
    const impatientClient = { timeoutMs: 60, retry: { attempts: 2, firstDelayMs: 1 } };
    for (const answer of [silence, stuck]) {
      const { client, asked } = await scripted([answer], impatientClient);
      await expect(client.experiments.get('7')).rejects.toMatchObject({ code: 'TIMEOUT' });
      expect(asked).toHaveLength(2);
    }
  });

  it('is no longer waited for when the caller aborts', async () => {
    const { client } = await scripted([silence]);
    const aborting = new AbortController();
    const call = client.experiments.get('7', { signal: aborting.signal });
    const upload = client.artifacts.upload('mlflow-artifacts:/a', 'text', { signal: aborting.signal });
    setTimeout(() => aborting.abort(new Error('enough')), 30);
    await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(upload).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('is not tried again when the caller aborts meanwhile', async () => {
    const { client, asked } = await scripted([hangUp], { retry: { firstDelayMs: 60_000, maxDelayMs: 60_000 } });
    const aborting = new AbortController();
    const call = client.experiments.get('7', { signal: aborting.signal });
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => aborting.abort(), 20);
    await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
