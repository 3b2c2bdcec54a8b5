import { rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readServiceEnvironment } from '../../../config/service-environment.ts';
import { openSecurity } from '../../../serving/security/open-security.ts';
import { createRateLimiter } from '../../../serving/security/rate-limiter.ts';
import { writeCertificate } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { ask, bearer, makeKey, readAudit, startSecured, untilStatus } from './secured.ts';
import { goodRow, model, quietLogger } from './support.ts';

const statusUrl = `/v1/models/${model}`;

describe('the door', () => {
  const open = async (host: string, environment: Readonly<Record<string, string>>, directory?: string) => {
    const security = await openSecurity({
      environment: readServiceEnvironment(environment),
      directory: directory ?? (await temporaryFolder()),
      host,
      logger: quietLogger(),
    });
    await security.close();
  };

  it.each(['127.0.0.1', 'localhost', '::1', '127.8.8.8'])('may stand open towards this machine: %s', async (host) => {
    await open(host, {});
  });

  it.each([
    ['0.0.0.0', {}],
    ['::', {}],
    ['192.168.1.7', { INCUMBENT_AUTH: 'none' }],
    ['example.test', {}],
  ])('does not open towards others at %s with %j, and says what to do', async (host, environment) => {
    await expect(open(host, environment)).rejects.toThrow(/HOST is .*`incumbent keys create`.*INCUMBENT_AUTH=keys/s);
  });

  it('opens towards others when callers must say who they are', async () => {
    await open('0.0.0.0', { INCUMBENT_AUTH: 'keys' });
    const directory = await temporaryFolder();
    await makeKey(directory, ['read']);
    await open('0.0.0.0', {}, directory);
  });

  it.each([
    [{ INCUMBENT_AUTH: 'password' }, /INCUMBENT_AUTH is "password"/],
    [{ INCUMBENT_AUTH: 'jwt' }, /INCUMBENT_JWT_JWKS .*INCUMBENT_JWT_ISSUER .*INCUMBENT_JWT_AUDIENCE/],
    [{ INCUMBENT_TLS_CERT: 'cert.pem' }, /INCUMBENT_TLS_KEY is "": INCUMBENT_TLS_CERT is set/],
    [{ INCUMBENT_TLS_KEY: 'key.pem' }, /INCUMBENT_TLS_CERT is ""/],
    [{ INCUMBENT_RATE_BURST: '5' }, /INCUMBENT_RATE_PER_SECOND/],
    [{ INCUMBENT_RATE_PER_SECOND: '-1' }, /INCUMBENT_RATE_PER_SECOND is "-1"/],
  ])('is not built after settings that don’t fit: %j', (environment, message) => {
    expect(() => readServiceEnvironment(environment)).toThrow(message);
  });
});

describe('a caller that asks too often', () => {
  it('is told when to come again, while others go on', async () => {
    const directory = await temporaryFolder();
    const [one, two] = [await makeKey(directory, ['read']), await makeKey(directory, ['read'])];
    const rig = await startSecured({ INCUMBENT_RATE_PER_SECOND: '0.01', INCUMBENT_RATE_BURST: '2' }, { directory });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await ask(rig, statusUrl, bearer(one.key))).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await ask(rig, statusUrl, bearer(one.key));
    expect(refused.code).toBe('rate-exceeded');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(90);
    expect((await ask(rig, statusUrl, bearer(two.key))).status).toBe(200);
  });

  it('is told apart by address where no key is asked for, also behind a proxy that is trusted', async () => {
    const environment = { INCUMBENT_RATE_PER_SECOND: '0.01', INCUMBENT_TRUSTED_PROXIES: '127.0.0.1' };
    const rig = await startSecured(environment);
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const from = (address: string) => ask(rig, statusUrl, { 'x-forwarded-for': address });
    expect([(await from('10.0.0.1')).status, (await from('10.0.0.1')).status]).toEqual([200, 429]);
    expect((await from('10.0.0.2')).status).toBe(200);
  });

  it('can’t try out keys', async () => {
    const rig = await startSecured({ INCUMBENT_AUTH: 'keys' });
    const codes = [];
    for (let turn = 0; turn < 60; turn += 1) codes.push((await ask(rig, statusUrl, bearer('wrong'))).code);
    expect(codes.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 'unauthenticated'));
    expect(codes).toContain('rate-exceeded');
  });
});

describe('a token bucket', () => {
  it('never gives more than the burst and what has flowed in since', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 50 }),
        (waits, perSecond, burst) => {
          let nowMs = 0;
          const limiter = createRateLimiter({ perSecond, burst }, () => nowMs);
          let given = 0;
          for (const wait of waits) {
            nowMs += wait;
            if (limiter.take('a') === 0) given += 1;
            expect(given).toBeLessThanOrEqual(burst + (perSecond * nowMs) / 1_000 + 1e-9);
          }
        },
      ),
    );
  });

  it('gives again exactly after the wait that it named', () => {
    let nowMs = 0;
    const limiter = createRateLimiter({ perSecond: 3, burst: 1 }, () => nowMs);
    expect([limiter.take('a'), limiter.take('a'), limiter.take('b')]).toEqual([0, 334, 0]);
    nowMs += 333;
    expect(limiter.take('a')).toBe(1);
    nowMs += 1;
    expect(limiter.take('a')).toBe(0);
  });

  it('of a caller that is busy outlives any number of others', () => {
    let nowMs = 0;
    const limiter = createRateLimiter({ perSecond: 1, burst: 1 }, () => nowMs);
    for (let caller = 0; caller < 30_000; caller += 1) {
      nowMs += 0.01;
      limiter.take(`passing ${caller}`);
      if (caller % 50 === 0) limiter.take('busy');
    }
    expect(limiter.take('busy')).toBeGreaterThan(0);
  });
});

describe('the audit log', () => {
  it('has who did what, when, from where, and what came of it, before and after', async () => {
    const directory = await temporaryFolder();
    const admin = await makeKey(directory, ['admin']);
    const reader = await makeKey(directory, ['read']);
    const rig = await startSecured({}, { directory });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const verify = (key: string) =>
      ask(rig, `${statusUrl}/verify?secret=x`, { ...bearer(key), 'x-request-id': 'r-1' }, { version: '1' });
    await verify(admin.key);
    await verify(reader.key);
    await verify('nobody');
    await ask(rig, statusUrl, bearer(reader.key));
    const entries = await readAudit(directory);
    const who = { kind: 'key', id: admin.record.id, name: 'admin' };
    const what = `POST ${statusUrl}/verify`;
    expect(entries).toMatchObject([
      { who, from: '127.0.0.1', what, result: 'asked', requestId: 'r-1' },
      { who, what, result: '200' },
      { who: { id: reader.record.id }, what, result: '403' },
      { who: { kind: 'nobody' }, what, result: '401' },
    ]);
    for (const { at } of entries) expect(at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('that can’t be written keeps admins from doing anything, and nobody from predicting', async () => {
    const directory = await temporaryFolder();
    const { key } = await makeKey(directory, ['admin']);
    const rig = await startSecured({}, { directory });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    await rig.security.close();
    const refused = await ask(rig, `${statusUrl}/verify`, bearer(key), { version: '1' });
    expect(refused).toMatchObject({ status: 503, code: 'audit-unavailable' });
    expect((await ask(rig, `${statusUrl}/predict`, bearer(key), { rows: [goodRow] })).status).toBe(200);
  });
});

describe('an answer', () => {
  it('tells browsers to neither keep, guess, nor frame it', async () => {
    const rig = await startSecured();
    for (const url of ['/health', '/nowhere']) {
      const { headers } = await ask(rig, url);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
    }
  });

  it('that is a page may use what comes from here, and keeps what it says itself', async () => {
    const rig = await startSecured();
    rig.service.app.get('/page', async (_request, reply) => await reply.type('text/html').send('<p>'));
    rig.service.app.get(
      '/own',
      async (_request, reply) => await reply.type('text/html').header('content-security-policy', 'sandbox').send('<p>'),
    );
    const get = (url: string) => rig.service.app.inject({ url });
    expect((await get('/page')).headers['content-security-policy']).toMatch(/^default-src 'self'; base-uri 'none'/);
    expect((await get('/own')).headers['content-security-policy']).toBe('sandbox');
  });

  it('carries the request’s id into the log, when it is one', async () => {
    const rig = await startSecured();
    const seen: unknown[] = [];
    rig.service.app.addHook('onRequest', ({ id }, _reply, done) => {
      seen.push(id);
      done();
    });
    await ask(rig, '/health', { 'x-request-id': 'abc-1' });
    await ask(rig, '/health', { 'x-request-id': 'a\tb' });
    expect(seen).toEqual(['abc-1', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });

  it('names the request, also when it is a refusal', async () => {
    const rig = await startSecured();
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const id = { 'x-request-id': 'abc-1' };
    const answer = await ask(rig, `${statusUrl}/predict`, id, { rows: [goodRow] });
    expect(answer.body).toMatchObject({ requestId: 'abc-1' });
    expect((await ask(rig, `${statusUrl}/predict`, id, {})).headers['x-request-id']).toBe('abc-1');
  });

  it('to a method that a path doesn’t know names those that it knows', async () => {
    const rig = await startSecured();
    const { statusCode, headers } = await rig.service.app.inject({ method: 'DELETE', url: statusUrl });
    expect([statusCode, headers['allow']]).toEqual([405, 'GET, HEAD']);
    const query = await rig.service.app.inject({ method: 'QUERY' as 'GET', url: statusUrl });
    expect([query.statusCode, query.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  it('to a body that is too long says so', async () => {
    const rig = await startSecured({ INCUMBENT_BODY_LIMIT_BYTES: '2000' });
    const long = { rows: [{ ...goodRow, region: 'x'.repeat(3_000) }] };
    expect(await ask(rig, `${statusUrl}/predict`, {}, long)).toMatchObject({ status: 413, code: 'body-too-large' });
  });
});

describe('TLS', () => {
  const certificateAt = (port: number) =>
    new Promise<PeerCertificate>((seen, failed) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        seen(socket.getPeerCertificate());
        socket.destroy();
      }).once('error', failed);
    });

  it('protects what is asked and answered, and a renewed certificate serves without a restart', async () => {
    const folder = await temporaryFolder();
    const { certPath, keyPath, cert } = await writeCertificate(folder);
    const rig = await startSecured({ INCUMBENT_TLS_CERT: certPath, INCUMBENT_TLS_KEY: keyPath });
    const port = await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const headers = await new Promise<Record<string, unknown>>((answered, failed) => {
      const options = {
        port,
        host: '127.0.0.1',
        path: '/health',
        ca: cert,
        servername: 'incumbent.test',
        agent: false as const,
      };
      request(options, (response) => answered(response.resume().headers))
        .once('error', failed)
        .end();
    });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    const before = (await certificateAt(port)).fingerprint256;
    await writeFile(certPath, 'torn');
    expect((await certificateAt(port)).fingerprint256).toBe(before);
    await writeCertificate(folder);
    await untilStatus(1, async () => ({ status: Number((await certificateAt(port)).fingerprint256 !== before) }));
  });

  it('is refused at the start with a key that doesn’t fit, by the files’ names', async () => {
    const [folder, other] = [await temporaryFolder(), await temporaryFolder()];
    const { certPath } = await writeCertificate(folder);
    const { keyPath } = await writeCertificate(other);
    const start = () => startSecured({ INCUMBENT_TLS_CERT: certPath, INCUMBENT_TLS_KEY: keyPath });
    await expect(start()).rejects.toThrow(/cert\.pem and .*key\.pem are no certificate with its key/);
    await rm(join(folder, 'cert.pem'));
    await expect(start()).rejects.toThrow(/cert\.pem/);
  });
});
