import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** What is checked besides tests, quickest first. */
const stages = [
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'dependency rule', command: ['node', 'scripts/check/dependency-rule.mjs'] },
  { name: 'unused code', command: ['knip', '--no-progress'] },
];

/**
 * Runs every stage, also after one has failed, and prints each with its duration; what a stage says only when it fails.
 * @returns {string[]} the names of the stages that failed
 */
export function runChecks() {
  return stages.filter(({ name, command }) => !runStage(name, command)).map(({ name }) => name);
}

/**
 * @param {string} name
 * @param {string[]} command
 */
function runStage(name, command) {
  const startedAtMs = performance.now();
  const [tool = '', ...args] = command;
  const executable = tool === 'node' ? process.execPath : join(root, 'node_modules/.bin', tool);
  const result = spawnSync(executable, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`${result.status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (result.status !== 0) console.log(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`);
  return result.status === 0;
}
