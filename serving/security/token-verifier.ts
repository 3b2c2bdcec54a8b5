import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { scopeSchema } from '../../config/access.ts';
import type { Scope } from '../../config/scopes.ts';
import { ServiceError } from '../errors.ts';
import type { Caller } from './caller.ts';

export interface TokenOptions {
  /** Path of a JWKS file, or its URL: https, or http on this machine. */
  readonly jwks: string;
  readonly issuer: string;
  readonly audience: string;
}

/** Finds out whose token it is. */
export interface TokenVerifier {
  /** At once for a token that was verified lately. Throws or rejects with `unauthenticated` or `identity-unavailable`. */
  verify(token: string): Caller | Promise<Caller>;
}

/** Signatures that only the issuer can make; shared secrets are left out. */
const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];
/** A key that its issuer withdraws goes on working for that long at most. */
const rememberMs = 60_000;
const maxRemembered = 1_000;
const clockToleranceSeconds = 5;

type Check = (token: string) => Promise<JWTPayload>;

export function createTokenVerifier(options: TokenOptions, now: () => number = Date.now): TokenVerifier {
  const check = createCheck(options);
  const remembered = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();
  return {
    verify(token) {
      const digest = hash('sha256', token, 'hex');
      const known = remembered.get(digest);
      if (known !== undefined && now() < known.untilMs) return known.caller;
      return check(token).then(
        (payload) => {
          const caller = toCaller(payload);
          const untilMs = Math.min(now() + rememberMs, (payload.exp ?? 0) * 1_000);
          for (const oldest of remembered.keys()) {
            if (remembered.size < maxRemembered) break;
            remembered.delete(oldest);
          }
          remembered.set(digest, { caller, untilMs });
          return caller;
        },
        (error: unknown) => Promise.reject(toRefusal(error)),
      );
    },
  };
}

function createCheck({ jwks, issuer, audience }: TokenOptions): Check {
  const rules = { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'], clockTolerance: clockToleranceSeconds };
  if (!/^https?:/.test(jwks)) {
    const read = followFile(jwks);
    return async (token) => (await jwtVerify(token, createLocalJWKSet(await read()), rules)).payload;
  }
  const url = new URL(jwks);
  if (url.protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) {
    throw new Error(`${jwks} would be read in the clear, so that anybody on the way could put in keys: use https`);
  }
  const remote = createRemoteJWKSet(url, { timeoutDuration: 5_000, cooldownDuration: 5_000 });
  return async (token) => (await jwtVerify(token, remote, rules)).payload;
}

/** The key set in a file, read anew when it has changed. */
function followFile(path: string): () => Promise<JSONWebKeySet> {
  let mark = Number.NaN;
  let keys: JSONWebKeySet = { keys: [] };
  return async () => {
    const { mtimeMs } = await stat(path);
    if (mtimeMs !== mark) keys = JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet;
    mark = mtimeMs;
    return keys;
  };
}

/** Scopes as issuers write them: `scope`, words in a text, or `scp`, a list; with or without `incumbent:` before. */
function toCaller({ sub = '', scope, scp }: JWTPayload): Caller {
  const words = [scope, scp].flat().flatMap((word) => (typeof word === 'string' ? word.split(' ') : []));
  const granted = words.flatMap((word): Scope[] => {
    const parsed = scopeSchema.safeParse(word.replace(/^incumbent:/, ''));
    return parsed.success ? [parsed.data] : [];
  });
  return { kind: 'token', id: sub, name: sub, scopes: new Set(granted) };
}

function toRefusal(cause: unknown): ServiceError {
  if (cause instanceof errors.JWTExpired) return refuse('the token has expired', cause);
  if (cause instanceof errors.JWTClaimValidationFailed) return refuse(`the token's ${cause.claim} is not right`, cause);
  if (cause instanceof errors.JWKSNoMatchingKey) return refuse('the token is signed by an unknown key', cause);
  const isToken =
    cause instanceof errors.JWSInvalid ||
    cause instanceof errors.JWTInvalid ||
    cause instanceof errors.JWSSignatureVerificationFailed ||
    cause instanceof errors.JOSEAlgNotAllowed ||
    cause instanceof errors.JOSENotSupported;
  if (isToken) return refuse('the token is no valid JWT of the issuer', cause);
  const message = 'the keys of the token issuer can not be had right now; try again';
  return new ServiceError('identity-unavailable', message, { cause });
}

function refuse(message: string, cause: unknown): ServiceError {
  return new ServiceError('unauthenticated', message, { cause, headers: { 'www-authenticate': 'Bearer' } });
}
