import { join } from 'node:path';
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
 * @param {{ production: boolean }} options
 * @returns {Promise<boolean>} whether everything is in place
 */
async function setUp({ production }) {
  const report = createReport(process.stderr);
  try {
    checkNode();
    detectPlatform();
    /** @type {ReturnType<typeof findPython> | undefined} */
    let found;
    const python = () => (found ??= findPython());
    const { provided, failures } = await provideMissing(listParts(root, { production, python, report }));
    for (const failure of failures) report.print(describe(failure));
    if (failures.length > 0) return false;
    const result = provided.length > 0 ? 'done' : 'everything is in place';
    report.print(`Set-up: ${result} (${report.seconds().toFixed(1)} s).`);
    return true;
  } catch (error) {
    report.print(describe(error));
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

/** @param {unknown} error */
function describe(error) {
  if (error instanceof SetupError) return `\nSet-up failed: ${error.message}\n  What to do: ${error.remedy}`;
  return `\nSet-up failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)); // runs the removal of scratch folders
process.exitCode = (await setUp({ production: process.argv.includes('--production') })) ? 0 : 1;
