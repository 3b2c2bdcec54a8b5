import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFileSchema, type KeyRecord } from '../../config/access.ts';
import type { Scope } from '../../config/scopes.ts';
import { writeDurably } from '../files/durable.ts';
import { formatApiKey, hashSecret, makeApiKey } from './api-key.ts';
import { readHomeSecret } from './home-secret.ts';

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: never. */
  readonly expiresAtMs: number | null;
  /** Who asks. */
  readonly by: string;
}

/** The API keys of a home directory. */
export interface KeyFile {
  /** Also those that have expired or were revoked, oldest first. */
  list(): Promise<readonly KeyRecord[]>;
  /** The key itself is in the answer, and nowhere else. */
  create(wanted: NewKey): Promise<{ readonly key: string; readonly record: KeyRecord }>;
  /** By id, or by name: then all keys of that name. Throws where there is none that still holds. */
  revoke(idOrName: string): Promise<readonly KeyRecord[]>;
}

const ownerOnly = 0o600;
const lockTimeoutMs = 5_000;
const lockStaleMs = 10_000;

export const keyFilePath = (directory: string): string => join(directory, 'keys.json');

/** @param directory the home's folder `security` */
export function openKeyFile(directory: string): KeyFile {
  const path = keyFilePath(directory);
  const write = (keys: readonly KeyRecord[]): Promise<void> =>
    writeDurably(path, `${JSON.stringify({ keys }, null, 2)}\n`, ownerOnly);
  return {
    list: async () => (await readKeys(path)) ?? [],
    create: ({ name, scopes, expiresAtMs, by }) =>
      withLock(directory, async () => {
        const key = makeApiKey();
        const hash = hashSecret(await readHomeSecret(directory), key);
        const times = { createdAtMs: Date.now(), expiresAtMs, revokedAtMs: null };
        const record: KeyRecord = { id: key.id, name, scopes: [...scopes], hash, createdBy: by, ...times };
        await write([...((await readKeys(path)) ?? []), record]);
        return { key: formatApiKey(key), record };
      }),
    revoke: (idOrName) =>
      withLock(directory, async () => {
        const keys = (await readKeys(path)) ?? [];
        const now = Date.now();
        const isMeant = ({ id, name, revokedAtMs }: KeyRecord): boolean =>
          revokedAtMs === null && (id === idOrName || name === idOrName);
        const revoked = keys.filter(isMeant).map((key) => ({ ...key, revokedAtMs: now }));
        if (revoked.length === 0) throw new Error(`there is no key "${idOrName}" that could be revoked`);
        await write(keys.map((key) => revoked.find(({ id }) => id === key.id) ?? key));
        return revoked;
      }),
  };
}

/** Null where no key was ever made. Throws for a file that can't be understood. */
export async function readKeys(path: string): Promise<readonly KeyRecord[] | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return keyFileSchema.parse(JSON.parse(text)).keys;
  } catch (cause) {
    throw new Error(`${path} can't be understood: put its backup back, or remove it and make new keys`, { cause });
  }
}

/** Two commands at once must not lose each other's key. */
async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const path = join(directory, 'keys.lock');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const giveUpAtMs = Date.now() + lockTimeoutMs;
  while (!(await tryLock(path))) {
    if (Date.now() > giveUpAtMs) throw new Error(`${path} is held by another command: try again, or remove it`);
    await sleep(20);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const heldSinceMs = (await stat(path).catch(() => null))?.mtimeMs ?? Date.now();
    // Left behind by a command that was killed.
    if (Date.now() - heldSinceMs > lockStaleMs) await rm(path, { force: true });
    return false;
  }
}
