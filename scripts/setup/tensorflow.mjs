import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './errors.mjs';
import { percentage } from './executables.mjs';
import { cacheEntry, tensorflowDirectory } from './locate.mjs';
import { tensorflowPins } from './pins.mjs';
import { checkCLibrary, detectPlatform, readGlibcVersion } from './platform.mjs';
import { checkFreeSpace, publish, withScratch } from './publish.mjs';
import { unzip } from './unzip.mjs';
import { downloadWheel } from './wheel.mjs';

/**
 * What every part needs to provide itself.
 * @typedef {{ python: () => Promise<import("./python.mjs").Python | undefined>, report: import('./report.mjs').Report }} Provision
 */

const libraryName = /^tensorflow\/(libtensorflow_(?:cc|framework)\.(?:so\.2|2\.dylib))$/;
const headerName =
  /^tensorflow\/(include\/(?:tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/.*\.h)$/;
const unpackedBytes = 900e6;

/** Whether TensorFlow's C library is there already: the user's own or the pinned one. */
export function hasTensorflow() {
  const own = process.env['INCUMBENT_TENSORFLOW_DIR'];
  if (own) tensorflowLibraries(own); // says what is missing in it
  return existsSync(tensorflowDirectory());
}

/**
 * The libraries to link with: as in the Python package, or as in TensorFlow's own C archive.
 * @param {string} directory
 * @returns {string[]}
 */
export function tensorflowLibraries(directory) {
  const suffixes = process.platform === 'darwin' ? ['.2.dylib'] : ['.so.2'];
  const find = (/** @type {string[]} */ names) =>
    names
      .flatMap((name) => suffixes.map((suffix) => join(directory, 'lib', name + suffix)))
      .find((path) => existsSync(path));
  const main = find(['libtensorflow_cc', 'libtensorflow']);
  const framework = find(['libtensorflow_framework']);
  const header = join(directory, 'include', 'tensorflow', 'c', 'c_api.h');
  if (main && framework && existsSync(header)) return [main, framework];
  throw new SetupError(
    `${directory} lacks TensorFlow's C library (lib/libtensorflow_cc or libtensorflow, lib/libtensorflow_framework, include/tensorflow/c/c_api.h).`,
    process.env['INCUMBENT_TENSORFLOW_DIR']
      ? 'Correct INCUMBENT_TENSORFLOW_DIR, or unset it to use the pinned TensorFlow.'
      : `Delete ${directory} and run \`npm run setup\` again.`,
  );
}

/**
 * Puts the pinned TensorFlow C library into the cache: the few files of the Python package that are needed.
 * @param {Provision} provision
 */
export async function provideTensorflow({ python, report }) {
  const part = 'TensorFlow';
  const platform = detectPlatform();
  if (platform !== 'darwin-arm64') checkCLibrary(readGlibcVersion());
  const found = await python();
  if (!found) throw noPython();
  const pin = tensorflowPins[platform];
  checkFreeSpace(pin.bytes * 2 + unpackedBytes);
  report.step(part, `downloading ${pin.version} (${Math.round(pin.bytes / 1e6)} MB)`);
  await withScratch(async (scratch) => {
    const onProgress = (/** @type {number} */ bytes) =>
      report.progress(part, `downloading ${pin.version}, ${percentage(bytes, pin.bytes)}`);
    const wheel = await downloadWheel(pin, { python: found, folder: scratch, onProgress });
    report.step(part, 'unpacking');
    await publish(cacheEntry('tensorflow'), async (folder) => {
      await unzip(wheel, (name) => targetOf(name, folder), { mode: 0o755 });
      tensorflowLibraries(folder);
    });
  });
  report.finish(part, `${pin.version} in ${cacheEntry('tensorflow')}`);
}

/**
 * @param {string} name
 * @param {string} folder
 */
function targetOf(name, folder) {
  const library = libraryName.exec(name)?.[1];
  if (library) return join(folder, 'lib', library);
  const header = headerName.exec(name)?.[1];
  return header && join(folder, header);
}

function noPython() {
  return new SetupError(
    'TensorFlow comes as a Python package, and no Python 3 was found on the PATH.',
    "Install Python 3 with pip (`apt install python3-pip`, `dnf install python3-pip`, `brew install python`), or set INCUMBENT_PYTHON to one,\nor set INCUMBENT_TENSORFLOW_DIR to a folder with lib/ and include/ of TensorFlow's C library.",
  );
}
