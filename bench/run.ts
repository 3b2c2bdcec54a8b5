import { spawn } from 'node:child_process';

/** Standard output of a process; rejects with what it said on standard error where it fails. */
export function run(executable: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [output, errors]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve(output.join(''));
      reject(new Error(`${executable} ${args.join(' ')} ended with ${code}: ${errors.join('').slice(-2_000)}`));
    });
  });
}
