import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTokenVerifier } from '../../../serving/security/token-verifier.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { ask, bearer, startSecured } from './secured.ts';
import { goodRow, model } from './support.ts';

const issuer = 'https://issuer.test';
const audience = 'incumbent';
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let pair: Pair;
let other: Pair;

beforeAll(async () => {
  pair = await generateKeyPair('ES256', { extractable: true });
  other = await generateKeyPair('ES256', { extractable: true });
});

const kidOf = async ({ publicKey }: Pick<Pair, 'publicKey'>): Promise<string> =>
  await calculateJwkThumbprint(await exportJWK(publicKey));

async function writeKeySet(folder: string, keys: readonly Pair[] = [pair]): Promise<string> {
  const path = join(folder, 'jwks.json');
  const exported = await Promise.all(
    keys.map(async ({ publicKey }) => ({
      ...(await exportJWK(publicKey)),
      alg: 'ES256',
      kid: await kidOf({ publicKey }),
    })),
  );
  await writeFile(path, JSON.stringify({ keys: exported }));
  return path;
}

interface TokenFacts {
  readonly claims?: Record<string, unknown>;
  readonly signer?: Pair;
  readonly audience?: string;
  readonly issuer?: string;
  readonly expires?: number;
}

async function sign(facts: TokenFacts = {}): Promise<string> {
  return await new SignJWT({ scope: 'openid incumbent:predict', ...facts.claims })
    .setProtectedHeader({ alg: 'ES256', kid: await kidOf(facts.signer ?? pair) })
    .setSubject('shop')
    .setIssuer(facts.issuer ?? issuer)
    .setAudience(facts.audience ?? audience)
    .setExpirationTime(facts.expires ?? Math.floor(Date.now() / 1_000) + 600)
    .sign((facts.signer ?? pair).privateKey);
}

async function startWithTokens(jwks?: string) {
  const environment = {
    INCUMBENT_AUTH: 'jwt',
    INCUMBENT_JWT_JWKS: jwks ?? (await writeKeySet(await temporaryFolder())),
    INCUMBENT_JWT_ISSUER: issuer,
    INCUMBENT_JWT_AUDIENCE: audience,
  };
  const rig = await startSecured(environment);
  await rig.service.listen({ host: '127.0.0.1', port: 0 });
  return rig;
}

const predictUrl = `/v1/models/${model}/predict`;
const rows = { rows: [goodRow] };

describe('a token', () => {
  it('opens what its scopes name, first and again', async () => {
    const rig = await startWithTokens();
    const token = await sign();
    for (const _ of [1, 2]) expect((await ask(rig, predictUrl, bearer(token), rows)).status).toBe(200);
    const verify = await ask(rig, `/v1/models/${model}/verify`, bearer(token), { version: '1' });
    expect(verify).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('names its scopes in a list, too, as some issuers do', async () => {
    const rig = await startWithTokens();
    const token = await sign({ claims: { scope: undefined, scp: ['admin'] } });
    expect((await ask(rig, `/v1/models/${model}/verify`, bearer(token), { version: '1' })).status).toBe(200);
  });

  it.each<[string, TokenFacts, RegExp]>([
    ['has expired', { expires: 1 }, /has expired/],
    ['is for somebody else', { audience: 'another' }, /the token's aud is not right/],
    ['is by somebody else', { issuer: 'https://evil.test' }, /the token's iss is not right/],
    ['has no subject', {}, /sub/],
  ])('that %s is refused with the reason', async (name, facts, reason) => {
    const rig = await startWithTokens();
    const token = name === 'has no subject' ? await unsubjected() : await sign(facts);
    const answer = await ask(rig, predictUrl, bearer(token), rows);
    expect(answer).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(answer.body.error?.message).toMatch(reason);
  });

  it('that another key signed, that nobody signed, or that is cut short is refused', async () => {
    const rig = await startWithTokens();
    const unsigned = [{ alg: 'none' }, { sub: 'x', iss: issuer, aud: audience, exp: 9e9 }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    for (const token of [await sign({ signer: other }), `${unsigned}.`, (await sign()).slice(0, -9)]) {
      expect(await ask(rig, predictUrl, bearer(token), rows)).toMatchObject({ status: 401, code: 'unauthenticated' });
    }
  });

  it('is checked against the newest key set in the file', async () => {
    const folder = await temporaryFolder();
    const rig = await startWithTokens(await writeKeySet(folder));
    const token = await sign({ signer: other });
    expect((await ask(rig, predictUrl, bearer(token), rows)).status).toBe(401);
    await writeKeySet(folder, [pair, other]);
    expect((await ask(rig, predictUrl, bearer(token), rows)).status).toBe(200);
  });

  it('is checked against a key set that is fetched, and is asked for again later where that is away', async () => {
    const set = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: await kidOf(pair) }] });
    const server = createServer((_request, response) => response.end(set));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    const rig = await startWithTokens(url);
    expect((await ask(rig, predictUrl, bearer(await sign()), rows)).status).toBe(200);
    const away = await startWithTokens('http://127.0.0.1:1/jwks');
    const answer = await ask(away, predictUrl, bearer(await sign()), rows);
    expect(answer).toMatchObject({ status: 503, code: 'identity-unavailable' });
    expect(answer.headers['retry-after']).toBe('1');
  });

  it('is not remembered beyond a minute, nor beyond its end', async () => {
    const jwks = await writeKeySet(await temporaryFolder());
    let nowMs = Date.now();
    const verifier = createTokenVerifier({ jwks, issuer, audience }, () => nowMs);
    const token = await sign();
    await verifier.verify(token);
    expect(verifier.verify(token)).not.toBeInstanceOf(Promise);
    nowMs += 60_000;
    expect(verifier.verify(token)).toBeInstanceOf(Promise);
    const short = await sign({ expires: Math.floor(Date.now() / 1_000) + 2 });
    nowMs = Date.now();
    await verifier.verify(short);
    nowMs += 2_001;
    expect(verifier.verify(short)).toBeInstanceOf(Promise);
  });

  it('is not checked against keys that come in the clear from elsewhere', () => {
    const start = () => createTokenVerifier({ jwks: 'http://issuer.test/jwks', issuer, audience });
    expect(start).toThrow(/use https/);
  });
});

async function unsubjected(): Promise<string> {
  return await new SignJWT({ scope: 'predict' })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('10m')
    .sign(pair.privateKey);
}
