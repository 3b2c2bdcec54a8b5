import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './errors.mjs';
import { findOnPath } from './locate.mjs';
import { lastLines, run } from './run.mjs';

/** @typedef {{ executable: string, version: string, pip: string | undefined }} Python */

/**
 * The first Python 3 on the PATH that has pip, else the first without. INCUMBENT_PYTHON overrides.
 * @returns {Promise<Python | undefined>}
 */
export async function findPython() {
  const own = process.env['INCUMBENT_PYTHON'];
  const names = own
    ? [own]
    : ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9'];
  const found = [];
  for (const name of names) {
    const executable = name.includes('/') ? name : findOnPath(name);
    const python = executable && (await inspectPython(executable));
    if (python && python.pip) return python;
    if (python) found.push(python);
  }
  return found[0];
}

/**
 * @param {string} executable
 * @returns {Promise<Python | undefined>}
 */
async function inspectPython(executable) {
  const [python, pip] = await Promise.all([
    run(executable, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']),
    run(executable, ['-m', 'pip', '--version']),
  ]);
  const version = python.output.trim();
  if (python.code !== 0 || !version.startsWith('3.')) return undefined;
  return { executable, version, pip: pip.code === 0 ? /^pip (\S+)/m.exec(pip.output)?.[1] : undefined };
}

/**
 * A Python that can run `-m pip`: the one found, or a virtual environment of it, made in the given folder.
 * @param {Python} python
 * @param {string} folder
 * @returns {Promise<string>} the executable
 */
export async function ensurePip(python, folder) {
  if (python.pip) return python.executable;
  const environment = join(folder, 'python');
  const made = await run(python.executable, ['-m', 'venv', environment]);
  const executable = join(environment, 'bin', 'python3');
  if (made.code === 0 && existsSync(executable)) return executable;
  throw new SetupError(
    `${python.executable} (Python ${python.version}) has neither pip nor a working venv: ${lastLines(made.output, 1)}`,
    'Install pip: `apt install python3-pip` on Debian and Ubuntu, `dnf install python3-pip` on Fedora and RHEL, else `python3 -m ensurepip`.',
  );
}
