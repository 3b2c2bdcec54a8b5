import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './errors.mjs';
import { compareVersions, mlflowEnvironment, mlflowPath } from './locate.mjs';
import { mlflowPins } from './pins.mjs';
import { detectPlatform } from './platform.mjs';
import { checkFreeSpace, publish } from './publish.mjs';
import { lastLines, run } from './run.mjs';
import { explainPipFailure } from './wheel.mjs';

/** @typedef {{ version: string, requirements: string[] }} MlflowPins */

const part = 'MLflow';
const neededBytes = 1.5e9;
const oldestPython = '3.10';

/** Whether MLflow is there already: the user's own or the pinned one, with the Python that it was installed for. */
export function hasMlflow() {
  try {
    return existsSync(mlflowPath());
  } catch (error) {
    if (error instanceof Error && error.message.includes('npm run setup')) return false;
    throw error;
  }
}

/**
 * Installs a pinned MLflow into a Python environment of its own in the cache.
 * @param {import('./tensorflow.mjs').Provision} provision
 * @param {MlflowPins} pins
 */
export async function provideMlflow({ python, report }, pins = mlflowPins) {
  const found = await python();
  const { version } = pins;
  if (!found) {
    throw new SetupError(
      'MLflow is a Python program, and no Python 3 was found on the PATH.',
      'Install Python 3.10 or newer with venv, or set INCUMBENT_MLFLOW to an `mlflow` that you have.',
    );
  }
  checkPython(found);
  checkFreeSpace(neededBytes);
  report.step(part, `installing ${version} (about a minute)`);
  const entry = mlflowEnvironment(pins);
  rmSync(entry, { recursive: true, force: true }); // only there when the Python that it was made with is gone
  await publish(entry, async (scratch) => {
    const folder = realpathSync(scratch);
    await makeEnvironment(found, folder, pins);
    moveEnvironment(folder, entry);
  });
  report.finish(part, `${version} in ${entry}`);
}

/** @param {import('./python.mjs').Python} python */
function checkPython({ version, executable }) {
  if (compareVersions(version, oldestPython) >= 0) return;
  throw new SetupError(
    `MLflow ${mlflowPins.version} needs Python ${oldestPython} or newer; ${executable} is ${version}.`,
    'Install a newer Python 3 and set INCUMBENT_PYTHON to it, or set INCUMBENT_MLFLOW to an `mlflow` that you have.',
  );
}

/**
 * A Python environment with these packages.
 * @param {import('./python.mjs').Python} python
 * @param {string} folder
 * @param {MlflowPins} pins
 */
export async function makeEnvironment(python, folder, { version, requirements }) {
  const made = await run(python.executable, ['-m', 'venv', folder]);
  if (made.code !== 0) {
    throw new SetupError(
      `${python.executable} (Python ${python.version}) cannot make an environment: ${lastLines(made.output, 1)}`,
      'Install venv: `apt install python3-venv` on Debian and Ubuntu. Or set INCUMBENT_MLFLOW to an `mlflow` that you have.',
    );
  }
  const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off', '--quiet'];
  const pip = ['-m', 'pip', 'install', ...quiet, ...requirements];
  const installed = await run(join(folder, 'bin', 'python3'), pip);
  if (installed.code === 0) return;
  throw explainPipFailure({ package: 'mlflow', version, platformTag: detectPlatform() }, installed.output);
}

/**
 * Commands of an environment name the folder that it was made in; this lets it be moved as a whole.
 * @param {string} from
 * @param {string} to
 */
export function moveEnvironment(from, to) {
  const scripts = readdirSync(join(from, 'bin')).map((name) => join(from, 'bin', name));
  for (const file of [...scripts, join(from, 'pyvenv.cfg')]) {
    if (!statSync(file).isFile() || statSync(file).size > 100_000) continue; // Python itself
    const text = readFileSync(file, 'utf8');
    if (text.includes(from)) writeFileSync(file, text.replaceAll(from, to));
  }
}
