import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPredictionClient } from '../../client/prediction-client.ts';
import { findRunning, type Running } from '../../client/start/home.ts';
import type { LifecycleStatus } from '../../workflows/messages.ts';
import { temporaryFolder } from '../support/folders.ts';
import { writePriceProject } from '../support/price-project.ts';
import { killHard } from '../support/processes.ts';

const incumbent = fileURLToPath(new URL('../../bin/incumbent.mjs', import.meta.url));
const run = promisify(execFile);
const patience = { timeout: 90_000, interval: 250 };

interface Started {
  readonly process: ChildProcess;
  readonly home: string;
  readonly running: Running;
}

async function startProject(directory: string): Promise<Started> {
  const home = join(directory, 'home');
  const child = spawn(process.execPath, [incumbent, 'start', directory, '--home', home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await vi.waitFor(() => expect(printed).toContain('Ctrl-C stops all.'), patience);
  const running = await findRunning(home);
  if (running === null) throw new Error('it left no word of itself');
  return { process: child, home, running };
}

/** Every process below one, however deep. */
async function descendantsOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=']);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.filter(([, of]) => of === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  return below(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the command line', () => {
  let folder: string;
  let started: Started;
  const ask = async (...args: string[]): Promise<string> =>
    (await run(process.execPath, [incumbent, ...args, '--home', started.home])).stdout;
  const status = async (): Promise<LifecycleStatus> => JSON.parse(await ask('status', '--json')) as LifecycleStatus;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'incumbent-test-'));
    await writePriceProject(folder);
    started = await startProject(folder);
  }, 120_000);

  afterAll(async () => {
    await killHard(started.process);
    await rm(folder, { recursive: true, force: true });
  });

  it('starts a project whose first champion then answers over HTTP', async () => {
    await vi.waitFor(async () => expect((await status()).aliases.champion).toBe('2'), patience);
    const client = createPredictionClient(started.running.serviceUrl);
    const rows = [{ price: 9, load: 90, region: 'north' }];
    await vi.waitFor(async () => {
      const { predictions, version } = await client.predict('prices', { rows });
      expect({ version, label: predictions[0]?.label }).toEqual({ version: '2', label: 'up' });
    }, patience);
  }, 120_000);

  it('tells people what the model does and why', async () => {
    expect(await ask('status')).toMatch(/^model +prices\nstage +serving\nchampion +2\n/);
    expect(await ask('history', 'prices')).toMatch(
      /Z {2}promotion +promoted version 2 \(was nothing\): .*then trained on all 1,500 rows/,
    );
  });

  it('tells which versions there are, and why their files stay', async () => {
    const lines = (await ask('versions')).trim().split('\n');
    expect(lines[1]).toMatch(/^1 .* pass +kept: /);
    expect(lines[2]).toMatch(/^2 .* pass +kept: champion$/);
    expect(lines.at(-1)).toBe('2 versions, 2 with their files; those of 0 go at the next look');
    const shown = JSON.parse(await ask('versions', '--keep', '1', '--json')) as { kept: string | null }[];
    expect(shown.map(({ kept }) => kept)).toEqual([expect.stringMatching(/lend|rollback/), 'champion']);
  });

  it('pauses and resumes, and says who and why', async () => {
    const paused = await ask('pause', '--reason', 'holiday', '--by', 'ada');
    expect(paused).toMatch(/paused +by ada: holiday/);
    expect((await status()).paused).toMatchObject({ by: 'ada', reason: 'holiday' });
    expect(await ask('resume', '--reason', 'back', '--by', 'ada')).not.toContain('paused');
  });

  it.each([
    [['status', 'nosuch'], 1, /nosuch/],
    [['approve', '--reason', 'looks good'], 1, /nothing (awaits|to approve)|awaits/],
    [['retrain'], 2, /required option '--reason <text>'/],
    [['strat', '.'], 2, /unknown command 'strat'/],
  ])('refuses %j in words, with exit code %i', async (args, code, message) => {
    const refusal = await ask(...args).then(
      () => null,
      (error: unknown) => error as { code: number; stderr: string },
    );
    expect(refusal).toMatchObject({ code, stderr: expect.stringMatching(message) as string });
  });

  it('refuses a second start on the same home', async () => {
    const second = run(process.execPath, [incumbent, 'start', folder, '--home', started.home]);
    await expect(second).rejects.toThrow(/is in use by process/);
  });

  it('ends with all its processes on Ctrl-C', async () => {
    const below = await descendantsOf(started.running.pid);
    expect(below.length).toBeGreaterThanOrEqual(4);
    const gone = once(started.process, 'exit');
    started.process.kill('SIGINT');
    expect(await gone).toEqual([0, null]);
    await vi.waitFor(() => expect(below.filter(isAlive)).toEqual([]), patience);
    await expect(status()).rejects.toThrow(/Temporal|connect|running/i);
  }, 60_000);
});

describe('a start that is killed', () => {
  it('leaves no process behind, and starts again on the same home as if nothing had been', async () => {
    const directory = await temporaryFolder();
    await writePriceProject(directory);
    const first = await startProject(directory);
    const below = await descendantsOf(first.running.pid);
    await killHard(first.process);
    await vi.waitFor(() => expect(below.filter(isAlive)).toEqual([]), patience);
    const second = await startProject(directory);
    const gone = once(second.process, 'exit');
    second.process.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
  }, 180_000);
});
