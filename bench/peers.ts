import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.ts';

/** A folder of peers/: what is installed together, and the script that measures it. */
export type PeerGroup = 'drift' | 'serving' | 'training';

/** A file of a group: `measure.py` measures its peers. */
export function peerFile(group: PeerGroup, name: string): string {
  return fileURLToPath(new URL(`peers/${group}/${name}`, import.meta.url));
}

/** Where the peers and the generated rows are kept between runs. */
export function cacheFolder(): string {
  const root = process.env['INCUMBENT_BENCH_CACHE'] ?? process.env['XDG_CACHE_HOME'];
  return join(root ?? (homedir() ? join(homedir(), '.cache') : tmpdir()), 'incumbent-bench');
}

/** Python of an environment that has the group's peers in the versions of its requirements.txt; made where there is none yet. */
export async function preparePeers(group: PeerGroup): Promise<string> {
  const requirements = peerFile(group, 'requirements.txt');
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const folder = join(cacheFolder(), `peers-${group}-${wanted.slice(0, 12)}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'ready'))) return python;
  process.stderr.write(`setting up the peers in ${folder}\n`);
  await rm(folder, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  await run(python, ['-c', `open(${JSON.stringify(join(folder, 'unready'))}, 'w').close()`]);
  await rename(join(folder, 'unready'), join(folder, 'ready'));
  return python;
}

/** "river 0.26.1" and so on, as they are pinned. */
export async function peerVersions(group: PeerGroup): Promise<readonly string[]> {
  const lines = (await readFile(peerFile(group, 'requirements.txt'), 'utf8')).trim().split('\n');
  return lines.map((line) => line.replace('==', ' '));
}
