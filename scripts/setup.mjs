import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError } from './setup/errors.mjs';
import { compareVersions } from './setup/locate.mjs';
import { listParts, provideMissing } from './setup/parts.mjs';
import { detectPlatform } from './setup/platform.mjs';
import { findPython } from './setup/python.mjs';
import { createReport } from './setup/report.mjs';

const root = join(import.meta.dirname, '..');
const oldestNode = '20.19.0';

/**
 * Provides whatever is missing and says what it does. Safe to repeat; with nothing to do it takes a fraction of a second.
 * @param {{ production: boolean, mlflow: boolean, s3: boolean }} options
 * @returns {Promise<boolean>} whether everything is in place
 */
async function setUp({ production, mlflow, s3 }) {
  const report = createReport(process.stderr);
  try {
    checkNode();
    detectPlatform();
    /** @type {ReturnType<typeof findPython> | undefined} */
    let found;
    const python = () => (found ??= findPython());
    const { provided, failures } = await provideMissing(listParts(root, { production, mlflow, s3, python, report }));
    if (failures.length > 0) {
      report.print(describeAll(failures));
      return false;
    }
    const result = provided.length > 0 ? 'done' : 'everything is in place';
    report.print(`Set-up: ${result} (${report.seconds().toFixed(1)} s).`);
    return true;
  } catch (error) {
    report.print(describeAll([error]));
    return false;
  }
}

function checkNode() {
  if (compareVersions(process.versions.node, oldestNode) >= 0) return;
  throw new SetupError(
    `This is Node ${process.versions.node}; Incumbent needs ${oldestNode} or newer.`,
    'Install Node 22 or 24 (or 20.19): with nvm, `nvm install 22`.',
  );
}

/**
 * Every failure in words, and what helps against several only once.
 * @param {unknown[]} failures
 */
function describeAll(failures) {
  const remedies = new Set(failures.map((failure) => (failure instanceof SetupError ? failure.remedy : undefined)));
  return [...remedies]
    .map((remedy) => {
      const alike = failures.filter(
        (failure) => (failure instanceof SetupError ? failure.remedy : undefined) === remedy,
      );
      const lines = alike.map((failure) => `\nSet-up failed: ${describe(failure)}`);
      return [...lines, ...(remedy === undefined ? [] : [`\n  What to do: ${remedy}`])].join('');
    })
    .join('\n');
}

/** @param {unknown} failure */
function describe(failure) {
  if (failure instanceof SetupError) return failure.message;
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)); // runs the removal of scratch folders
const { values } = parseArgs({
  options: { production: { type: 'boolean', default: false }, with: { type: 'string', multiple: true, default: [] } },
});
const unknown = values.with.find((part) => part !== 'mlflow' && part !== 's3');
if (unknown !== undefined) {
  console.error(`--with ${unknown}: there is no such part; those that must be asked for are mlflow and s3`);
  process.exit(2);
}
const [mlflow, s3] = [values.with.includes('mlflow'), values.with.includes('s3')];
process.exitCode = (await setUp({ production: values.production, mlflow, s3 })) ? 0 : 1;
