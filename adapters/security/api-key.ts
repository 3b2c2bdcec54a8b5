import { createHmac, randomBytes, randomInt } from 'node:crypto';

const prefix = 'inc_';
const idLength = 10;
const secretBytes = 32;
const secretLength = 43;
const keyLength = prefix.length + idLength + 1 + secretLength;

/** The id of the key that Incumbent's own processes show each other. */
export const internalKeyId = 'internal00';

/** An API key in its parts: `inc_<id>_<secret>`. The id is no secret: it stands in logs. */
export interface ApiKey {
  readonly id: string;
  /** 256 random bits in base64url. */
  readonly secret: string;
}

export function makeApiKey(): ApiKey {
  const id = Array.from({ length: idLength }, () => randomInt(36).toString(36)).join('');
  return { id, secret: randomBytes(secretBytes).toString('base64url') };
}

export function formatApiKey({ id, secret }: ApiKey): string {
  return `${prefix}${id}_${secret}`;
}

/** Null for a text that has not the form of a key. */
export function parseApiKey(text: string): ApiKey | null {
  if (text.length !== keyLength || !text.startsWith(prefix)) return null;
  const idEnd = prefix.length + idLength;
  return text[idEnd] === '_' ? { id: text.slice(prefix.length, idEnd), secret: text.slice(idEnd + 1) } : null;
}

/**
 * What is kept of a key. Its secret has 256 random bits, so that no dictionary helps and a slow hash would only slow down the service;
 * the hash is keyed, so that who reads the file of keys alone can't even check a guess.
 */
export function hashSecret(homeSecret: Uint8Array, { id, secret }: ApiKey): string {
  return createHmac('sha256', homeSecret).update(`${id}:${secret}`).digest('hex');
}

/** The key that only those can make who can read the home's secret. */
export function internalKey(homeSecret: Uint8Array): ApiKey {
  const secret = createHmac('sha256', homeSecret).update('between the processes of one home').digest('base64url');
  return { id: internalKeyId, secret };
}
