import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../errors.ts';
import { anonymous, type Caller } from './caller.ts';
import type { KeyRing } from './key-ring.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Tells who asks, by the headers of a request. */
export interface Authenticator {
  /** True while anybody may do anything. */
  isOpen(): boolean;
  /** Throws or rejects with `unauthenticated`, `forbidden` or `identity-unavailable`. */
  identify(headers: IncomingHttpHeaders, method: string): Caller | Promise<Caller>;
}

/**
 * `auto` asks for a key from the moment the home has one; `none` never. With `keys`, `tokens` or both every caller must show one.
 */
export interface AuthenticatorOptions {
  readonly mode: 'auto' | 'none' | 'required';
  readonly keys: KeyRing | null;
  readonly tokens: TokenVerifier | null;
}

export function createAuthenticator({ mode, keys, tokens }: AuthenticatorOptions): Authenticator {
  const isOpen = (): boolean => mode === 'none' || (mode === 'auto' && keys?.hasKeys() !== true);
  return {
    isOpen,
    identify(headers, method) {
      if (isOpen()) return anonymous;
      const shown = readCredential(headers, method);
      if (shown === null) throw unauthenticated('say who you are: authorization: Bearer <API key or token>', headers);
      const caller = keys?.find(shown) ?? null;
      if (caller !== null) return caller;
      if (tokens !== null && shown.startsWith('ey')) return tokens.verify(shown);
      throw unauthenticated('this key is unknown, has expired, or was revoked', headers);
    },
  };
}

/** From `authorization: Bearer`, `x-api-key`, or the password of `authorization: Basic`, which browsers ask people for. */
function readCredential(headers: IncomingHttpHeaders, method: string): string | null {
  const { authorization } = headers;
  if (authorization === undefined) {
    const key = headers['x-api-key'];
    return typeof key === 'string' ? key : null;
  }
  if (authorization.startsWith('Bearer ')) return authorization.slice('Bearer '.length);
  if (!authorization.startsWith('Basic ')) return null;
  refuseForeignPage(headers, method);
  const pair = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

/** A browser adds a password that it knows to whatever a page of somebody else sends here. */
function refuseForeignPage({ origin, host }: IncomingHttpHeaders, method: string): void {
  if (method === 'GET' || method === 'HEAD' || origin === undefined) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new ServiceError('forbidden', `a page of ${origin.slice(0, 100)} may not act in your name`);
}

function unauthenticated(message: string, { accept }: IncomingHttpHeaders): ServiceError {
  const scheme = accept?.includes('text/html') === true ? 'Basic' : 'Bearer';
  return new ServiceError('unauthenticated', message, {
    headers: { 'www-authenticate': `${scheme} realm="incumbent"` },
  });
}
