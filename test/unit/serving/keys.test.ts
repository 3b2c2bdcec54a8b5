import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatApiKey, internalKey } from '../../../adapters/security/api-key.ts';
import { readHomeSecret } from '../../../adapters/security/home-secret.ts';
import { openKeyFile } from '../../../adapters/security/key-file.ts';
import { openKeyRing } from '../../../serving/security/key-ring.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { ask, bearer, makeKey, startSecured, untilStatus } from './secured.ts';
import { goodRow, model, quietLogger } from './support.ts';

const predictUrl = `/v1/models/${model}/predict`;
const rows = { rows: [goodRow] };

describe('the file of keys', () => {
  it('holds no key, only its keyed hash, and is for its owner’s eyes', async () => {
    const directory = await temporaryFolder();
    const { key, record } = await makeKey(directory, ['predict']);
    const text = await readFile(join(directory, 'keys.json'), 'utf8');
    expect(text).not.toContain(key.slice('inc_'.length + record.id.length + 1));
    expect(record.hash).toMatch(/^[0-9a-f]{64}$/);
    for (const name of ['keys.json', 'secret']) expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
  });

  it('loses none of the keys that are made at once, and leaves nothing behind', async () => {
    const directory = await temporaryFolder();
    await Promise.all(Array.from({ length: 8 }, () => makeKey(directory, ['predict'])));
    expect(await openKeyFile(directory).list()).toHaveLength(8);
    expect((await readdir(directory)).sort()).toEqual(['keys.json', 'secret']);
  });

  it('revokes by id one, by name all, and says when there is none', async () => {
    const directory = await temporaryFolder();
    const file = openKeyFile(directory);
    const made = [
      await makeKey(directory, ['read']),
      await makeKey(directory, ['read']),
      await makeKey(directory, ['read']),
    ];
    expect(await file.revoke(made[0]!.record.id)).toHaveLength(1);
    expect(await file.revoke('read')).toHaveLength(2);
    await expect(file.revoke('read')).rejects.toThrow('there is no key "read" that could be revoked');
  });

  it('that is damaged is an error with the file’s name', async () => {
    const directory = await temporaryFolder();
    await writeFile(join(directory, 'keys.json'), '{"keys": [{}]}');
    await expect(openKeyFile(directory).list()).rejects.toThrow(/keys\.json can't be understood/);
    await expect(openKeyRing({ directory, logger: quietLogger() })).rejects.toThrow(/keys\.json can't be understood/);
  });
});

describe('the secret of a home', () => {
  it('is one, also when two processes ask first', async () => {
    const directory = join(await temporaryFolder(), 'security');
    const secrets = await Promise.all(Array.from({ length: 5 }, () => readHomeSecret(directory)));
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1);
  });

  it.runIf(process.platform !== 'win32')('is refused where others can read it', async () => {
    const directory = await temporaryFolder();
    await readHomeSecret(directory);
    await chmod(join(directory, 'secret'), 0o644);
    await expect(readHomeSecret(directory)).rejects.toThrow(/can be read by others: chmod 600/);
  });

  it('is refused when it is damaged', async () => {
    const directory = await temporaryFolder();
    await writeFile(join(directory, 'secret'), 'short', { mode: 0o600 });
    await expect(readHomeSecret(directory)).rejects.toThrow(/is damaged/);
  });
});

describe('a key', () => {
  it('opens what its scopes name, and nothing else', async () => {
    const rig = await startSecured({ INCUMBENT_AUTH: 'keys' });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const { key } = await makeKey(rig.directory, ['predict']);
    await untilStatus(200, () => ask(rig, predictUrl, bearer(key), rows));
    expect(await ask(rig, `/v1/models/${model}`, bearer(key))).toMatchObject({ status: 200 });
    const outcomes = { outcomes: [{ id: 'x', label: 'yes' }] };
    const feedback = await ask(rig, `/v1/models/${model}/feedback`, bearer(key), outcomes);
    expect(feedback).toMatchObject({ status: 403, code: 'forbidden' });
    expect(feedback.body.error?.message).toContain('it takes the scope feedback');
    expect((await ask(rig, `/v1/models/${model}/verify`, bearer(key), { version: '1' })).status).toBe(403);
  });

  it('of an admin opens all', async () => {
    const rig = await startSecured({ INCUMBENT_AUTH: 'keys' });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const { key } = await makeKey(rig.directory, ['admin']);
    await untilStatus(200, () => ask(rig, predictUrl, bearer(key), rows));
    expect((await ask(rig, `/v1/models/${model}/verify`, bearer(key), { version: '1' })).status).toBe(200);
  });

  it('comes as a bearer, as x-api-key, or as a browser’s password', async () => {
    const directory = await temporaryFolder();
    const { key } = await makeKey(directory, ['read']);
    const rig = await startSecured({}, { directory });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const basic = `Basic ${Buffer.from(`anyone:${key}`).toString('base64')}`;
    for (const headers of [bearer(key), { 'x-api-key': key }, { authorization: basic }]) {
      expect((await ask(rig, `/v1/models/${model}`, headers)).status).toBe(200);
    }
  });

  it.each([
    ['none', {}, 'Bearer realm="incumbent"'],
    ['none, in a browser', { accept: 'text/html,*/*' }, 'Basic realm="incumbent"'],
    ['another scheme', { authorization: 'Digest x' }, 'Bearer realm="incumbent"'],
    ['a text that is none', bearer('secret'), 'Bearer realm="incumbent"'],
    ['an unknown id', bearer(formatApiKey({ id: 'a'.repeat(10), secret: 'b'.repeat(43) })), 'Bearer realm="incumbent"'],
  ])('is asked for where there is %s', async (_name, headers, challenge) => {
    const rig = await startSecured({ INCUMBENT_AUTH: 'keys' });
    const answer = await ask(rig, predictUrl, headers, rows);
    expect(answer).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(answer.headers['www-authenticate']).toBe(challenge);
  });

  it('with one wrong letter is refused, before and after the right one was seen', async () => {
    const directory = await temporaryFolder();
    const { key } = await makeKey(directory, ['read']);
    const ring = await openKeyRing({ directory, logger: quietLogger() });
    const wrong = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    expect([ring.find(wrong), ring.find(key)?.name, ring.find(wrong), ring.find(key)?.name]).toEqual([
      null,
      'read',
      null,
      'read',
    ]);
    ring.stop();
  });

  it('no longer holds from the millisecond it expires', async () => {
    const directory = await temporaryFolder();
    const { key } = await makeKey(directory, ['read'], 1_000);
    let nowMs = 999;
    const ring = await openKeyRing({ directory, logger: quietLogger(), now: () => nowMs });
    expect(ring.find(key)).not.toBeNull();
    nowMs = 1_000;
    expect(ring.find(key)).toBeNull();
    ring.stop();
  });

  it('that is revoked is refused by the running service, and so is one whose file is gone', async () => {
    const directory = await temporaryFolder();
    const [first, second] = [await makeKey(directory, ['read']), await makeKey(directory, ['read'])];
    const rig = await startSecured({}, { directory });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const status = (key: string) => ask(rig, `/v1/models/${model}`, bearer(key));
    expect((await status(first.key)).status).toBe(200);
    await openKeyFile(directory).revoke(first.record.id);
    await untilStatus(401, () => status(first.key));
    expect((await status(second.key)).status).toBe(200);
    await rm(join(directory, 'keys.json'));
    await untilStatus(401, () => status(second.key));
  });

  it('stays when its file is damaged while the service runs', async () => {
    const directory = await temporaryFolder();
    const { key } = await makeKey(directory, ['read']);
    const logger = quietLogger();
    const errors: string[] = [];
    Object.assign(logger, { error: (message: string) => errors.push(message) });
    const ring = await openKeyRing({ directory, logger, pollMs: 2 });
    await writeFile(join(directory, 'keys.json'), '{');
    while (errors.length === 0) await new Promise((later) => setTimeout(later, 2));
    expect(ring.find(key)).not.toBeNull();
    expect(errors).toEqual(['the API keys stay as they were']);
    ring.stop();
  });

  it('is asked for as soon as the first one is made, where nobody said otherwise', async () => {
    const rig = await startSecured();
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    expect((await ask(rig, `/v1/models/${model}`)).status).toBe(200);
    const { key } = await makeKey(rig.directory, ['read']);
    await untilStatus(401, () => ask(rig, `/v1/models/${model}`));
    expect((await ask(rig, `/v1/models/${model}`, bearer(key))).status).toBe(200);
  });

  it('is never asked for with INCUMBENT_AUTH=none, nor for what probes ask', async () => {
    const directory = await temporaryFolder();
    await makeKey(directory, ['read']);
    const open = await startSecured({ INCUMBENT_AUTH: 'none' }, { directory });
    await open.service.listen({ host: '127.0.0.1', port: 0 });
    expect((await ask(open, `/v1/models/${model}`)).status).toBe(200);
    const locked = await startSecured({}, { directory });
    for (const url of ['/health', '/openapi.json']) expect((await ask(locked, url)).status).toBe(200);
  });

  it('of the home’s own processes opens all, whatever others must show', async () => {
    const rig = await startSecured({ INCUMBENT_AUTH: 'jwt', ...jwtSettings });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const own = formatApiKey(internalKey(await readHomeSecret(rig.directory)));
    expect((await ask(rig, `/v1/models/${model}/verify`, bearer(own), { version: '1' })).status).toBe(200);
    const { key } = await makeKey(rig.directory, ['admin']);
    expect((await ask(rig, `/v1/models/${model}`, bearer(key))).status).toBe(401);
  });
});

const jwtSettings = {
  INCUMBENT_JWT_JWKS: '/nowhere/jwks.json',
  INCUMBENT_JWT_ISSUER: 'https://issuer.test',
  INCUMBENT_JWT_AUDIENCE: 'incumbent',
};

describe('a page of somebody else', () => {
  it('can’t act with the password that a browser knows', async () => {
    const directory = await temporaryFolder();
    const { key } = await makeKey(directory, ['admin']);
    const rig = await startSecured({}, { directory });
    await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const basic = { authorization: `Basic ${Buffer.from(`:${key}`).toString('base64')}`, host: 'incumbent.test' };
    const verify = (origin: string) => ask(rig, `/v1/models/${model}/verify`, { ...basic, origin }, { version: '1' });
    expect(await verify('https://evil.test')).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await verify('https://incumbent.test')).status).toBe(200);
  });
});
