import { MlflowError } from '../errors.ts';
import type { Auth } from '../options.ts';

export interface Address {
  /** Without a slash at the end, without credentials. */
  readonly base: string;
  readonly auth: Auth;
}

/** Takes a tracking URI apart. Throws INVALID_URI, and says what would be right. */
export function readAddress(trackingUri: string, auth: Auth = { kind: 'none' }): Address {
  const right = 'give the http or https address of an MLflow server, e.g. http://127.0.0.1:5000';
  const url = URL.canParse(trackingUri) ? new URL(trackingUri) : null;
  if (url === null) throw new MlflowError('INVALID_URI', `"${trackingUri}" is no address: ${right}`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new MlflowError('INVALID_URI', `${url.protocol}… can't be called over the network: ${right}`);
  }
  const { username, password } = url;
  url.username = url.password = url.search = url.hash = '';
  const base = url.href.replace(/\/+$/, '');
  if (username === '' || auth.kind !== 'none') return { base, auth };
  const decoded = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { base, auth: { kind: 'basic', ...decoded } };
}

/** The headers that say who asks. */
export async function authHeaders(auth: Auth, isRefused: boolean): Promise<Readonly<Record<string, string>>> {
  switch (auth.kind) {
    case 'none':
      return {};
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
    case 'bearer':
      return { authorization: `Bearer ${auth.token}` };
    case 'headers':
      return auth.headers;
    case 'provider':
      return await auth.provide({ isRefused });
  }
}
