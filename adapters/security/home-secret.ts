import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryName } from '../files/durable.ts';

const secretBytes = 32;
const ownerOnly = 0o600;

/**
 * The secret of a home directory: it keys the hashes of API keys, and lets worker and service know each other. Made by whoever needs it
 * first. Throws where others could read it.
 */
export async function readHomeSecret(directory: string): Promise<Uint8Array> {
  const path = join(directory, 'secret');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await readSecret(path);
  if (found !== null) return found;
  await createSecret(path);
  return (await readSecret(path)) ?? failed(path, 'vanished while it was being made');
}

async function readSecret(path: string): Promise<Uint8Array | null> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) failed(path, `can be read by others: chmod 600 ${path}`);
    const secret = Buffer.from((await readFile(path, 'utf8')).trim(), 'hex');
    return secret.length === secretBytes ? secret : failed(path, 'is damaged: put its backup back, or make new keys');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Written as a whole, then linked: of two that start at once one wins, and both read the winner's. */
async function createSecret(path: string): Promise<void> {
  const temporary = temporaryName(path);
  const handle = await open(temporary, 'wx', ownerOnly);
  try {
    await handle.writeFile(`${randomBytes(secretBytes).toString('hex')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

function failed(path: string, what: string): never {
  throw new Error(`the home's secret ${path} ${what}`);
}
