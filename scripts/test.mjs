import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTests } from './check/count-tests.mjs';
import { runChecks } from './check/stages.mjs';

const root = join(import.meta.dirname, '..');

/**
 * Runs vitest and keeps its report.
 * @param {string[]} args
 */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'incumbent-test-'));
  const reportPath = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = await once(child, 'close');
    return { code, ...countTests(JSON.parse(readFileSync(reportPath, 'utf8'))) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const failedChecks = runChecks();
const tests = await runTests(process.argv.slice(2));
if (failedChecks.length > 0) console.log(`Checks that failed: ${failedChecks.join(', ')}`);
if (tests.code !== 0 && tests.failed === 0) console.log('vitest failed outside the tests; see above.');
console.log(tests.line);
process.exitCode = failedChecks.length === 0 && tests.code === 0 && tests.failed === 0 ? 0 : 1;
