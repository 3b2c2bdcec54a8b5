import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { addonPath, hasAddon } from './setup/addon.mjs';
import { findCompiler } from './setup/compiler.mjs';

import { browserPath } from './setup/browser.mjs';
import { SetupError } from './setup/errors.mjs';
import {
  cacheDirectory,
  mlflowPath,
  readMlflowVersion,
  readTemporalVersion,
  temporalCliPath,
  temporalTestServerPath,
  tensorflowDirectory,
} from './setup/locate.mjs';
import { hasNodeModules, npmCommand } from './setup/node-modules.mjs';
import { detectPlatform, readGlibcVersion } from './setup/platform.mjs';
import { findPython } from './setup/python.mjs';
import { tensorflowLibraries } from './setup/tensorflow.mjs';

const root = join(import.meta.dirname, '..');

/**
 * One thing to look at. `find` returns what was found, or throws what is wrong.
 * @typedef {{ name: string, needed: boolean, find: () => string | Promise<string> }} Finding
 */

/** @type {Finding[]} */
const findings = [
  { name: 'platform', needed: true, find: () => `${detectPlatform()}${glibc()}` },
  { name: 'node', needed: true, find: () => `${process.versions.node} (${process.execPath})` },
  { name: 'npm', needed: true, find: findNpm },
  { name: 'python', needed: false, find: describePython },
  { name: 'C++ compiler', needed: false, find: describeCompiler },
  { name: 'cache', needed: true, find: () => cacheDirectory() },
  { name: 'node modules', needed: true, find: findNodeModules },
  { name: 'TensorFlow library', needed: true, find: () => tensorflowLibraries(tensorflowDirectory())[0] ?? '' },
  { name: 'TensorFlow addon', needed: true, find: loadAddon },
  { name: 'temporal', needed: true, find: describeTemporal },
  { name: 'Temporal test server', needed: true, find: temporalTestServerPath },
  { name: 'MLflow', needed: false, find: describeMlflow },
  { name: 'Chromium', needed: false, find: findBrowser },
];

function glibc() {
  return process.platform === 'linux' ? `, GNU C library ${readGlibcVersion() ?? 'not found'}` : '';
}

function findNpm() {
  const [command, ...before] = npmCommand();
  const result = spawnSync(command, [...before, '--version'], { encoding: 'utf8' });
  if (result.status === 0) return result.stdout.trim();
  throw new SetupError('not found on the PATH', 'Install Node with its npm.');
}

async function describePython() {
  const python = await findPython();
  if (!python) throw new SetupError('not found on the PATH', 'Install Python 3 with pip; set-up downloads with it.');
  return `${python.version} (${python.executable}), pip ${python.pip ?? 'not found: `apt install python3-pip`'}`;
}

function describeCompiler() {
  const compiler = findCompiler();
  const [command = '', ...args] = compiler.split(' ');
  const version = spawnSync(command, [...args, '--version'], { encoding: 'utf8' }).stdout;
  return `${compiler}: ${version?.split('\n')[0] ?? 'does not run'}`;
}

function findBrowser() {
  const path = browserPath();
  if (path) return path;
  throw new SetupError(
    'not found',
    'Without it the tests of pages are left out: `apt install chromium`, or set CHROME_PATH.',
  );
}

function findNodeModules() {
  if (hasNodeModules(root, { production: true })) return 'as package-lock.json says';
  throw new SetupError('missing, or not what package-lock.json says', 'Run `npm run setup`.');
}

/** Loads the addon in a process of its own and asks the library for its version. */
function loadAddon() {
  if (!hasAddon(root)) throw new SetupError('not built for this TensorFlow', 'Run `npm run setup`.');
  const code = 'console.log(require(process.argv[1]).TF_Version)';
  const result = spawnSync(process.execPath, ['-e', code, addonPath(root)], { encoding: 'utf8' });
  if (result.status === 0) return `TensorFlow ${result.stdout.trim()} (${addonPath(root)})`;
  throw new SetupError(`does not load: ${result.stderr.trim().split('\n').at(-1)}`, 'Run `npm run setup`.');
}

function describeTemporal() {
  const path = temporalCliPath();
  return `${readTemporalVersion(path) ?? 'does not run'} (${path})`;
}

function describeMlflow() {
  const path = mlflowPath();
  return `${readMlflowVersion(path) ?? 'does not run'} (${path})`;
}

/** @param {Finding} finding */
async function examine({ name, needed, find }) {
  try {
    console.log(`ok       ${name.padEnd(22)}${await find()}`);
    return true;
  } catch (error) {
    const remedy = error instanceof SetupError ? ` ${error.remedy}` : '';
    console.log(
      `${needed ? 'MISSING ' : 'note    '} ${name.padEnd(22)}${error instanceof Error ? error.message : String(error)}${remedy}`,
    );
    return !needed;
  }
}

let healthy = true;
for (const finding of findings) healthy = (await examine(finding)) && healthy;
if (!healthy)
  console.log('\nSomething that Incumbent needs is missing: see above. `npm run setup` provides most of it.');
process.exitCode = healthy ? 0 : 1;
