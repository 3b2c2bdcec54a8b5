import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SetupError, diskRemedy } from './errors.mjs';
import { lastLines, run } from './run.mjs';

/** @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean, dev?: boolean }} LockedPackage */
/** @typedef {Record<string, LockedPackage>} LockedPackages */

const part = 'node modules';

/**
 * Whether node_modules holds what package-lock.json says. Reads npm's own record of what it installed.
 * @param {string} root
 * @param {{ production: boolean }} options
 */
export function hasNodeModules(root, { production }) {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, wants]) => {
    if (path === '' || (production && (wants.dev || wants.devOptional))) return true;
    const has = installed[path];
    if (!has) return Boolean(wants.optional || wants.devOptional); // built for another platform
    return has.version === wants.version;
  });
}

/**
 * Installs exactly what package-lock.json says, without running packages' own install scripts: TensorFlow's would download
 * an old library from a host that many networks block.
 * @param {string} root
 * @param {{ production: boolean, report: import('./report.mjs').Report }} options
 */
export async function provideNodeModules(root, { production, report }) {
  report.step(part, 'installing');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...(production ? ['--omit=dev'] : [])];
  const [command, ...before] = npmCommand();
  const result = await run(command, [...before, ...args], { cwd: root });
  if (result.code !== 0) throw explainNpmFailure(result);
  report.finish(part, 'installed');
}

/** @returns {[string, ...string[]]} the npm that runs this script, else the one on the PATH */
export function npmCommand() {
  const running = process.env['npm_execpath'];
  if (running && basename(running) === 'npm-cli.js' && existsSync(running)) return [process.execPath, running];
  return ['npm'];
}

/** @param {{ output: string, missing: boolean }} result */
function explainNpmFailure({ output, missing }) {
  if (missing) return new SetupError('npm was not found on the PATH.', 'Install Node 20.19 or newer with its npm.');
  if (/ENOSPC/.test(output)) return new SetupError('No space is left on the disk for node_modules.', diskRemedy);
  if (/EUSAGE|in sync/.test(output)) {
    return new SetupError(
      'package.json and package-lock.json disagree.',
      'Run `npm install`, and commit package-lock.json.',
    );
  }
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|network/i.test(output)) {
    return new SetupError(
      `The npm registry could not be reached.\n${lastLines(output, 3)}`,
      'Check the network, the proxy and the registry (`npm config get registry`), then run `npm run setup` again.',
    );
  }
  return new SetupError(`npm ci failed:\n${lastLines(output)}`, 'The full log is named in the last lines above.');
}

/**
 * @param {string} path
 * @returns {LockedPackages | undefined}
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
