import { SetupError } from './errors.mjs';
import { findOnPath } from './locate.mjs';
import { lastLines, run } from './run.mjs';

/** @returns {string} */
export function findCompiler() {
  const own = process.env['CXX'];
  const found = own ?? ['c++', 'g++', 'clang++'].map(findOnPath).find(Boolean);
  if (found) return found;
  throw new SetupError(
    'No C++ compiler was found on the PATH (c++, g++, clang++).',
    'Install one: `apt install g++` on Debian and Ubuntu, `dnf install gcc-c++` on Fedora and RHEL, `xcode-select --install` on macOS; or set CXX.',
  );
}

/**
 * Runs the compiler; what it said is in the error where it fails.
 * @param {string} compiler
 * @param {string[]} args
 */
export async function compile(compiler, args) {
  const [command = compiler, ...before] = compiler.split(' '); // CXX may hold flags, as for make
  const result = await run(command, [...before, ...args]);
  if (result.code === 0) return;
  throw new SetupError(
    `The C++ compiler failed:\n${lastLines(result.output)}`,
    'The addons need a compiler for C++17 with its standard library: g++ 8, clang 7, Xcode 12 or newer (CXX chooses one).',
  );
}

/** Flags that make an addon of objects: Node itself provides what is missing. */
export function addonFlags() {
  return process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
}
