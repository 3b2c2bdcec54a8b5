import { SetupError } from './errors.mjs';

/** @typedef {'linux-x64' | 'linux-arm64' | 'darwin-arm64'} Platform */

const supported = ['linux-x64', 'linux-arm64', 'darwin-arm64'];

/**
 * Names the platform as the pins do, or says why Incumbent does not run on it.
 * @param {string} os as in process.platform
 * @param {string} cpu as in process.arch
 * @returns {Platform}
 */
export function detectPlatform(os = process.platform, cpu = process.arch) {
  const platform = `${os}-${cpu}`;
  if (supported.includes(platform)) return /** @type {Platform} */ (platform);
  if (os === 'win32') {
    throw new SetupError(
      'Incumbent does not run on Windows itself.',
      'Use WSL: `wsl --install` in PowerShell, then Node, Python 3 and this project inside the Linux it installs.',
    );
  }
  if (platform === 'darwin-x64') {
    throw new SetupError(
      'There is no TensorFlow 2.21 for Intel Macs.',
      'On an Apple Silicon Mac install the arm64 build of Node (this one runs under Rosetta); on an Intel Mac use Linux in a container or a virtual machine.',
    );
  }
  throw new SetupError(`Incumbent does not run on ${platform}.`, `Use one of ${supported.join(', ')}.`);
}

/**
 * Refuses a Linux whose C library cannot run the TensorFlow wheel.
 * @param {string | undefined} glibcVersion undefined when the C library is another one, such as musl on Alpine
 */
export function checkCLibrary(glibcVersion) {
  const [major = 0, minor = 0] = (glibcVersion ?? '').split('.').map(Number);
  if (major > 2 || (major === 2 && minor >= 27)) return;
  throw new SetupError(
    glibcVersion === undefined
      ? 'TensorFlow needs the GNU C library, and this Linux (Alpine?) has another.'
      : `TensorFlow needs the GNU C library 2.27 or newer, and this Linux has ${glibcVersion}.`,
    'Use Debian 11, Ubuntu 20.04, RHEL 9 or newer; as a container node:22-bookworm-slim.',
  );
}

/**
 * Reads the version of the GNU C library that this Node runs on.
 * @returns {string | undefined}
 */
export function readGlibcVersion() {
  const settings = /** @type {{ excludeNetwork?: boolean }} */ (process.report);
  settings.excludeNetwork = true; // else the report resolves the names of open sockets, which can take seconds
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header?.glibcVersionRuntime;
}
