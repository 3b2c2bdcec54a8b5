import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, syncFile, temporaryName, writeDurably } from '../files/durable.ts';
import { RegistryError, type RegisterRequest, type Signer } from '../ports/registry.ts';
import { sealPackage } from './seal.ts';
import { listNames } from './version-names.ts';

/** What `version.json` says; the version's number is the name of its folder. */
export interface VersionRecord {
  readonly createdAtMs: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly manifestSha256: string;
  readonly idempotencyKey: string;
  /** When the package was removed; absent while it is there. */
  readonly removedAtMs?: number;
}

/** Copies a package into the next free version, or finds the one that the same key made before. */
export async function publishVersion(
  modelDirectory: string,
  request: RegisterRequest,
  signer: Signer | null,
): Promise<string> {
  const versions = join(modelDirectory, 'versions');
  await mkdir(versions, { recursive: true });
  const known = await findByKey(versions, request.idempotencyKey);
  if (known !== null) return known;
  const draft = await draftVersion(versions, request, signer);
  const own = await takeNextNumber(versions, draft);
  return await yieldToFirst(versions, request.idempotencyKey, own);
}

/** The whole version under a name that no reader looks at, synced. */
async function draftVersion(versions: string, request: RegisterRequest, signer: Signer | null): Promise<string> {
  const draft = temporaryName(join(versions, 'draft'));
  const packageDirectory = join(draft, 'package');
  try {
    await copyPackage(request.packageDirectory, packageDirectory);
    const manifestSha256 = await sealPackage(packageDirectory, request.model, signer);
    await syncTree(packageDirectory);
    const { tags, idempotencyKey } = request;
    const record: VersionRecord = { createdAtMs: Date.now(), tags, manifestSha256, idempotencyKey };
    await writeRecord(draft, record);
    return draft;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** @param home the version's folder */
export async function writeRecord(home: string, record: VersionRecord): Promise<void> {
  await writeDurably(join(home, 'version.json'), JSON.stringify(record, null, 2));
}

async function copyPackage(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, errorOnExist: true });
  } catch (cause) {
    throw new RegistryError('package-invalid', `the package ${from} can't be copied`, { cause });
  }
}

/** Side by side: one commit of the disk's journal for many files. */
async function syncTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      await (entry.isDirectory() ? syncDirectory(path) : syncFile(path));
    }),
  );
  await syncDirectory(directory);
}

/** A folder can't be renamed onto one that is not empty: of two processes that want a number, one goes on to the next. */
async function takeNextNumber(versions: string, draft: string): Promise<string> {
  for (;;) {
    const number = Number((await listNames(versions)).at(-1) ?? 0) + 1;
    try {
      await rename(draft, join(versions, String(number)));
      await syncDirectory(versions);
      return String(number);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    }
  }
}

/** Where two processes registered one key at a time, the lower number is the version and the other withdraws its own. */
async function yieldToFirst(versions: string, key: string, own: string): Promise<string> {
  const first = (await findByKey(versions, key)) ?? own;
  if (first !== own) await rm(join(versions, own), { recursive: true, force: true });
  return first;
}

async function findByKey(versions: string, key: string): Promise<string | null> {
  for (const version of await listNames(versions)) {
    const text = await readFile(join(versions, version, 'version.json'), 'utf8').catch(() => null);
    if (text !== null && (JSON.parse(text) as VersionRecord).idempotencyKey === key) return version;
  }
  return null;
}
