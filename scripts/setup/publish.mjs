import { existsSync, mkdirSync, readdirSync, rmSync, statSync, statfsSync } from 'node:fs';
import { mkdtemp, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SetupError, diskRemedy, explainFileError } from './errors.mjs';
import { cacheDirectory } from './locate.mjs';

const scratchLifetimeMs = 24 * 60 * 60 * 1000;

/**
 * Fills a cache entry: `fill` writes into a scratch folder that becomes the entry in one rename, so that an entry is whole
 * whenever it exists, even when two checkouts set up side by side. The first to finish wins; both are the same.
 * @param {string} entry
 * @param {(folder: string) => Promise<void>} fill
 */
export async function publish(entry, fill) {
  await withScratch(async (scratch) => {
    const content = join(scratch, 'content');
    mkdirSync(content);
    await fill(content);
    mkdirSync(dirname(entry), { recursive: true });
    await rename(content, entry).catch((error) => {
      if (!existsSync(entry)) throw error;
    });
  });
}

/**
 * Lends a folder on the cache's disk, and removes it afterwards, also when the process is interrupted.
 * @template T
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withScratch(use) {
  const parent = join(cacheDirectory(), 'scratch');
  try {
    mkdirSync(parent, { recursive: true });
    removeAbandoned(parent);
    const folder = await mkdtemp(join(parent, 'part-'));
    const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    process.once('exit', remove);
    try {
      return await use(folder);
    } finally {
      process.off('exit', remove);
      remove();
    }
  } catch (error) {
    throw explainFileError(error, cacheDirectory());
  }
}

/**
 * Refuses to begin what would fill the disk.
 * @param {number} neededBytes
 */
export function checkFreeSpace(neededBytes) {
  mkdirSync(cacheDirectory(), { recursive: true });
  const { bavail, bsize } = statfsSync(cacheDirectory());
  if (bavail * bsize >= neededBytes) return;
  const inMegabytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 1e6)} MB`;
  throw new SetupError(
    `${cacheDirectory()} has ${inMegabytes(bavail * bsize)} free; set-up needs ${inMegabytes(neededBytes)}.`,
    diskRemedy,
  );
}

/** @param {string} parent what a killed set-up left behind is old; a running one's folders are not */
function removeAbandoned(parent) {
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > scratchLifetimeMs) rmSync(folder, { recursive: true, force: true });
  }
}
