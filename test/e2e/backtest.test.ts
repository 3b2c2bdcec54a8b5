import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Backtest } from '../../backtest/run-backtest.ts';
import { createRng } from '../../domain/math/rng.ts';
import { temporaryFolder } from '../support/folders.ts';

const incumbent = fileURLToPath(new URL('../../bin/incumbent.mjs', import.meta.url));
const run = promisify(execFile);

/** A rule that turns round half way: whoever keeps the first champion is wrong from there on. */
async function writeTurningProject(directory: string, rows: number, turnsAt: number): Promise<void> {
  const random = createRng(3);
  const lines = Array.from({ length: rows }, (_, row) => {
    const [a, b] = [random(), random()];
    const isHigh = a + b > 1 === row < turnsAt;
    return `${a.toFixed(4)},${b.toFixed(4)},${isHigh === random() > 0.05 ? 'high' : 'low'}`;
  });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'rows.csv'), ['a,b,level', ...lines].join('\n'));
  const config = {
    name: 'turning',
    data: { path: 'rows.csv', label: 'level' },
    training: { networks: [{ name: 'linear', learningRate: 0.05 }], windows: ['recent'], maxEpochs: 6 },
    policy: {
      retrain: { cooldown: { labels: 400 }, minFreshLabels: 400 },
      snapshot: { recentRows: 500 },
      monitor: { labelDelayRows: 200, windowRows: 400 },
      probation: { horizonLabels: 400, minLabels: 200 },
    },
  };
  await writeFile(join(directory, 'incumbent.config.json'), JSON.stringify(config));
}

const backtest = (directory: string, ...args: string[]) =>
  run(process.execPath, [incumbent, 'backtest', directory, '--block', '100', ...args]);

describe('incumbent backtest', () => {
  it('shows what a policy would have saved on a rule that turns round', async () => {
    const directory = await temporaryFolder();
    await writeTurningProject(directory, 4_000, 2_000);
    const file = join(directory, 'reports.json');
    const { stdout } = await backtest(
      directory,
      '--policies',
      'never,every:8,policy',
      '--json',
      file,
      '--events',
      '--regret',
    );
    const { reports, hindsight } = JSON.parse(await readFile(file, 'utf8')) as Backtest;
    expect(reports.map(({ policy }) => policy)).toEqual(['never', 'every:8', 'policy']);
    const [never, every, policy] = reports.map(({ quality }) => quality['accuracy'] ?? 0);
    expect(never).toBeLessThan(0.5);
    expect(every).toBeGreaterThan(0.6);
    expect(policy).toBeGreaterThan(never! + 0.1);
    expect(reports[0]).toMatchObject({ retrainings: 0, promotions: 0, rows: 3_000 });
    expect(reports[1]?.retrainings).toBe(reports[1]?.promotions);
    expect(reports[2]?.blocks).toHaveLength(30);
    expect(stdout).toMatch(/block \d+ {2}gate: pass: blend: challenger is better: /);
    expect(stdout).toMatch(
      /policy +rows +accuracy +log loss +AUC +retrainings +promotions +rollbacks +followed +training +cost +regret\nnever +3,000/,
    );
    const errors = reports.map(({ quality, rows }) => Math.round((1 - quality['accuracy']!) * rows));
    expect(hindsight?.policies.map(({ loss }) => loss)).toEqual(errors);
    expect(Math.min(...hindsight!.policies.map(({ regret }) => regret))).toBeGreaterThanOrEqual(0);
    expect(hindsight?.byRetrainings[0]).toMatchObject({ retrainings: 0, loss: errors[0] });
  });

  it.each([
    [['--policies', 'sometimes'], /"sometimes" is no policy to replay: choose among never, every:K/],
    [['--block', '7d'], /blocks of days need a time column/],
    [['--block', 'week'], /give a number of rows, or of days like 7d/],
    [['--first', '4000'], /needs rows after the first 4000/],
  ])('refuses %j in words', async (args, message) => {
    const directory = await temporaryFolder();
    await writeTurningProject(directory, 1_500, 700);
    await expect(backtest(directory, ...args)).rejects.toThrow(message);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves no process and no file behind on %s', async (signal) => {
    const directory = await temporaryFolder();
    await writeTurningProject(directory, 4_000, 2_000);
    const scratch = join(directory, 'scratch');
    await mkdir(scratch);
    const child = spawn(
      process.execPath,
      [incumbent, 'backtest', directory, '--block', '20', '--policies', 'every:1'],
      {
        env: { ...process.env, TMPDIR: scratch },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    const closed = once(child, 'close');
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    await once(child.stderr, 'data');
    expect(await readdir(scratch)).toContainEqual(expect.stringMatching(/^incumbent-backtest-/));
    child.kill(signal);
    // The error stream is the replay's, too: it closes when the last of them has ended.
    expect(await closed).toEqual([1, null]);
    expect(said).toMatch(/the backtest was interrupted; nothing of it is left/);
    expect((await readdir(scratch)).filter((name) => name.startsWith('incumbent-backtest-'))).toEqual([]);
  });
});
