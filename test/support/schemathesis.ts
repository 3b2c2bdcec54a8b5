import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../scripts/setup/locate.mjs';
import { findPython } from '../../scripts/setup/python.mjs';

const run = promisify(execFile);
const version = '4.32.5';

/**
 * The `schemathesis` command, in a Python environment of its own in the cache, made when it is not there. Throws with what to do where
 * Python can't make one.
 */
export async function schemathesisPath(): Promise<string> {
  const python = await findPython();
  if (python === undefined) throw new Error('schemathesis needs Python 3.10 or newer with venv: none was found');
  const folder = join(cacheDirectory(), `schemathesis-${version}-python-${python.version}`);
  const marker = join(folder, 'complete');
  if (!existsSync(marker)) {
    await rm(folder, { recursive: true, force: true });
    await install(python.executable, folder);
    await writeFile(marker, '');
  }
  return join(folder, 'bin', 'schemathesis');
}

async function install(python: string, folder: string): Promise<void> {
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  try {
    await run(python, ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'python3'), [...pip, `schemathesis==${version}`], { maxBuffer: 1e8 });
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    const todo = 'install venv (`apt install python3-venv` on Debian and Ubuntu), and let pip reach a package index';
    throw new Error(`schemathesis ${version} can't be installed with ${python}: ${todo}`, { cause });
  }
}
