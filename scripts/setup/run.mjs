import { spawn } from 'node:child_process';

/**
 * Runs a command to its end and keeps what it says. Never rejects: a command that cannot start has the code null.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, output: string, missing: boolean }>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    const stop = () => child.kill('SIGKILL');
    process.prependOnceListener('exit', stop); // before the folder that it writes into is removed
    child.once('error', (error) => {
      process.off('exit', stop);
      resolve({ code: null, signal: null, output: error.message, missing: true });
    });
    child.once('close', (code, signal) => {
      process.off('exit', stop);
      resolve({ code, signal, output, missing: false });
    });
  });
}

/**
 * The last lines of what a command said, for an error.
 * @param {string} output
 */
export function lastLines(output, count = 12) {
  return output.trim().split('\n').slice(-count).join('\n');
}
