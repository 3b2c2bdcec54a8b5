import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './errors.mjs';
import { detectPlatform } from './platform.mjs';
import { lastLines, run } from './run.mjs';

const releases = 'https://github.com/temporalio';

/** @typedef {{ url: string, checksums: string | undefined }} VendorArchive */

/**
 * Where Temporal itself publishes an executable: used where there is no Python to fetch the pinned wheel with.
 * @param {'temporal' | 'temporal-test-server'} part
 * @param {string} version
 * @param {{ base?: string, platform?: import('./platform.mjs').Platform }} [options]
 * @returns {VendorArchive}
 */
export function vendorArchive(part, version, { base = releases, platform = detectPlatform() } = {}) {
  const [os, cpu] = platform.split('-');
  const arch = cpu === 'x64' ? 'amd64' : 'arm64';
  if (part === 'temporal') {
    const folder = `${base}/cli/releases/download/v${version}`;
    return { url: `${folder}/temporal_cli_${version}_${os}_${arch}.tar.gz`, checksums: `${folder}/checksums.txt` };
  }
  const system = os === 'darwin' ? 'macOS' : os;
  const folder = `${base}/sdk-java/releases/download/v${version}`;
  return { url: `${folder}/temporal-test-server_${version}_${system}_${arch}.tar.gz`, checksums: undefined };
}

/**
 * Downloads and unpacks the vendor's archive. Where the vendor publishes checksums it must match; otherwise HTTPS is all
 * that vouches for it, which the caller says.
 * @param {VendorArchive} archive
 * @param {string} folder
 */
export async function downloadVendorArchive(archive, folder) {
  const content = await download(archive.url);
  if (archive.checksums) {
    const name = archive.url.slice(archive.url.lastIndexOf('/') + 1);
    verifyListedChecksum(name, content, (await download(archive.checksums)).toString('utf8'));
  }
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'archive.tar.gz');
  writeFileSync(file, content);
  const unpacked = await run('tar', ['-xzf', file, '-C', folder]);
  if (unpacked.code !== 0) {
    throw new SetupError(
      `${archive.url} could not be unpacked: ${lastLines(unpacked.output, 2)}`,
      'Install `tar` with gzip, or Python 3 with pip.',
    );
  }
}

/** @param {string} url */
async function download(url) {
  const remedy = 'Check the network, or install Python 3 with pip, which set-up prefers.';
  const response = await fetch(url).catch((error) => {
    throw new SetupError(`${url} could not be reached: ${error.cause?.message ?? error.message}.`, remedy);
  });
  if (!response.ok) throw new SetupError(`${url} answered ${response.status}.`, remedy);
  return Buffer.from(await response.arrayBuffer());
}

/**
 * @param {string} name
 * @param {Buffer} content
 * @param {string} list lines of checksum and file name
 */
function verifyListedChecksum(name, content, list) {
  const expected = list
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((words) => words[1] === name)?.[0];
  const found = createHash('sha256').update(content).digest('hex');
  if (expected === found) return;
  throw new SetupError(
    `The checksum of ${name} is wrong: the vendor's list says ${expected ?? 'nothing'}, the file has ${found}.`,
    'Run `npm run setup` again; if it stays, something between here and the vendor alters downloads.',
  );
}
