import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/folders.ts';
import { ask, bearer, makeKey, startSecured, untilStatus } from './secured.ts';
import { goodRow, model } from './support.ts';

const status = `/v1/models/${model}`;

describe('a service that asks nobody for a key', () => {
  it.each([
    'localhost',
    'LOCALHOST:8080',
    'shop.localhost',
    '127.0.0.1',
    '127.0.0.9:80',
    '[::1]',
    '[::1]:8080',
    'localhost.',
  ])('answers to %s', async (host) => {
    const rig = await startSecured();
    expect((await ask(rig, '/openapi.json', { host })).status).toBe(200);
    expect((await ask(rig, '/openapi.json', { host })).status).toBe(200);
  });

  it.each([
    'attacker.example',
    'attacker.example:8080',
    'localhost.attacker.example',
    '127.0.0.1.attacker.example',
    '10.0.0.7',
    '[::2]',
  ])('answers nothing to %s, on any route', async (host) => {
    const rig = await startSecured();
    for (const url of [status, '/ready', '/metrics', '/openapi.json']) {
      const refused = await ask(rig, url, { host });
      expect([refused.status, refused.code]).toEqual([421, 'host-unknown']);
      expect(refused.body.error?.message).toContain('INCUMBENT_ALLOWED_HOSTS');
    }
    expect((await ask(rig, `${status}/predict`, { host }, { rows: [{}] })).status).toBe(421);
  });

  it('answers no prediction to it, also not in front of the framework', async () => {
    const rig = await startSecured();
    const port = await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const body = JSON.stringify({ rows: [goodRow] });
    const statusFor = async (host: string): Promise<number | undefined> => {
      const headers = { host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const asked = request({ port, host: '127.0.0.1', path: `${status}/predict`, method: 'POST', headers });
      asked.end(body);
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    expect(await statusFor('localhost')).toBe(200);
    expect(await statusFor('attacker.example')).toBe(421);
  });

  it('answers to names that it was told', async () => {
    const rig = await startSecured({ INCUMBENT_ALLOWED_HOSTS: 'shop.internal, Other.internal' });
    for (const host of ['shop.internal:8080', 'other.internal'])
      expect((await ask(rig, '/openapi.json', { host })).status).toBe(200);
    expect((await ask(rig, status, { host: 'third.internal' })).status).toBe(421);
  });

  it('answers to any name once there are keys: who shows one is known by it', async () => {
    const directory = join(await temporaryFolder(), 'security');
    const rig = await startSecured({}, { directory });
    const host = 'shop.example';
    expect((await ask(rig, status, { host })).status).toBe(421);
    const { key } = await makeKey(directory, ['read']);
    // No model is served yet.
    await untilStatus(404, () => ask(rig, status, { host, ...bearer(key) }));
    expect((await ask(rig, status, { host })).status).toBe(401);
  });
});
