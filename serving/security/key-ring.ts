import { timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Logger } from 'winston';
import { hashSecret, internalKey, parseApiKey, type ApiKey } from '../../adapters/security/api-key.ts';
import { readHomeSecret } from '../../adapters/security/home-secret.ts';
import { keyFilePath, readKeys } from '../../adapters/security/key-file.ts';
import type { KeyRecord } from '../../config/access.ts';
import { everyScope, type Caller } from './caller.ts';

/** The keys that hold now, in memory; follows the file of keys. */
export interface KeyRing {
  /** True once a key was made for this home, also when none holds any more. */
  hasKeys(): boolean;
  /** Null for a key that is unknown, expired or revoked. Takes as long for a wrong secret as for a right one. */
  find(text: string): Caller | null;
  stop(): void;
}

export interface KeyRingOptions {
  /** The home's folder `security`. */
  readonly directory: string;
  readonly logger: Logger;
  /** False: only the key that worker and service share holds. @default true */
  readonly acceptsKeys?: boolean;
  /** How often the file is looked at. @default 500 */
  readonly pollMs?: number;
  /** @default Date.now */
  readonly now?: () => number;
}

interface Entry {
  readonly caller: Caller;
  readonly hash: Buffer;
  readonly expiresAtMs: number;
  /** The secret, once its keyed hash was found right: comparing it costs a tenth of hashing it again. */
  known: Buffer | null;
}

/** Throws for a file of keys that can't be understood; later such a file only leaves the keys as they were. */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { directory, logger, acceptsKeys = true, pollMs = 500, now = Date.now } = options;
  const homeSecret = await readHomeSecret(directory);
  const path = keyFilePath(directory);
  const internal = toInternalEntry(homeSecret);
  let entries: ReadonlyMap<string, Entry> = new Map();
  let hasKeys = false;
  let seen = '';
  const follow = async (): Promise<void> => {
    const mark = await markOf(path);
    if (mark === seen) return;
    const records = await readKeys(path);
    seen = mark;
    hasKeys ||= records !== null;
    entries = toEntries((acceptsKeys && records) || [], internal);
  };
  await follow();
  let lastProblem = '';
  const timer = setInterval(() => {
    follow().then(
      () => (lastProblem = ''),
      (error: unknown) => {
        if (String(error) !== lastProblem) logger.error('the API keys stay as they were', { error });
        lastProblem = String(error);
      },
    );
  }, pollMs).unref();
  return {
    hasKeys: () => hasKeys,
    find(text) {
      const key = parseApiKey(text);
      const entry = key === null ? undefined : entries.get(key.id);
      if (key === null || entry === undefined || !isRight(entry, key, homeSecret)) return null;
      return now() < entry.expiresAtMs ? entry.caller : null;
    },
    stop: () => clearInterval(timer),
  };
}

/** Changes with the file; empty where there is none. */
async function markOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found === null ? 'none' : `${found.ino}/${found.mtimeMs}/${found.size}`;
}

function isRight(entry: Entry, key: ApiKey, homeSecret: Uint8Array): boolean {
  if (entry.known !== null) return timingSafeEqual(Buffer.from(key.secret, 'latin1'), entry.known);
  const isKnown = timingSafeEqual(Buffer.from(hashSecret(homeSecret, key), 'hex'), entry.hash);
  if (isKnown) entry.known = Buffer.from(key.secret, 'latin1');
  return isKnown;
}

function toEntries(records: readonly KeyRecord[], internal: Entry): ReadonlyMap<string, Entry> {
  const entries = new Map(
    records.filter(({ revokedAtMs }) => revokedAtMs === null).map((record) => [record.id, toEntry(record)] as const),
  );
  return entries.set(internal.caller.id, internal);
}

function toEntry({ id, name, scopes, hash, expiresAtMs }: KeyRecord): Entry {
  return {
    caller: { kind: 'key', id, name, scopes: new Set(scopes) },
    hash: Buffer.from(hash, 'hex'),
    expiresAtMs: expiresAtMs ?? Infinity,
    known: null,
  };
}

function toInternalEntry(homeSecret: Uint8Array): Entry {
  const key = internalKey(homeSecret);
  return {
    caller: { kind: 'internal', id: key.id, name: 'a process of this home', scopes: everyScope },
    hash: Buffer.from(hashSecret(homeSecret, key), 'hex'),
    expiresAtMs: Infinity,
    known: null,
  };
}
