import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { awkwardTables } from '../support/awkward-tables.ts';
import { temporaryFolder } from '../support/folders.ts';

const bin = fileURLToPath(new URL('../../bin/incumbent.mjs', import.meta.url));
const run = promisify(execFile);
const incumbent = (...args: string[]) => run(process.execPath, [bin, ...args]);

async function refusal(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return await incumbent(...args).then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
}

async function fileOf(name: keyof typeof awkwardTables): Promise<{ folder: string; file: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, `${name}.csv`);
  await writeFile(file, awkwardTables[name]);
  return { folder, file };
}

describe("a table of one's own", () => {
  it.each([
    ['semicolons', ['--label', 'sold?', '--time', 'Ordered'], /binary, 2 classes/, /policy +rows +accuracy/],
    ['threeClasses', ['--label', 'cls'], /multiclass, 3 classes/, /policy +rows +accuracy/],
    ['regression', ['--label', 'price'], /regression, from/, /policy +rows +RMSE/],
  ] as const)('%s becomes a project and a backtest in two commands', async (name, args, inferred, table) => {
    const { folder, file } = await fileOf(name);
    const project = join(folder, 'project');
    const { stdout } = await incumbent('init', project, '--data', file, ...args);
    expect(stdout).toMatch(inferred);
    expect(stdout).toMatch(/next: incumbent backtest /);
    const replay = await incumbent('backtest', project, '--policies', 'never,policy', '--block', '100');
    expect(replay.stdout).toMatch(table);
    expect(await refusal('init', project, '--data', file, ...args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is there already') as string,
    });
  });

  it('is checked, with an exit code that says whether something must be mended', async () => {
    const { folder, file } = await fileOf('leaking');
    const project = join(folder, 'project');
    const named = ['--data', file, '--label', 'y', '--time', 'opened', '--label-time', 'closed'];
    await incumbent('init', project, ...named);
    const failed = await refusal('check', project);
    expect(failed).toMatchObject({ code: 1, stderr: '' });
    expect(failed.stdout).toMatch(/^project: binary, 600 rows, 2 features\n/);
    expect(failed.stdout).toMatch(/^fail +leak:refund +"refund" alone knows the label .*: put it into "exclude"/m);
    expect(failed.stdout).toMatch(/\d+ ok, \d+ to know, 1 to mend\n$/);
    const mended = join(folder, 'mended');
    await incumbent('init', mended, ...named, '--exclude', 'refund');
    const report = JSON.parse((await incumbent('check', mended, '--json')).stdout) as {
      rows: number;
      features: readonly string[];
      findings: readonly { name: string; level: string; figures: object }[];
    };
    expect(report).toMatchObject({ rows: 600, features: ['x'] });
    expect(report.findings.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['rows', 'labels', 'label-delay', 'leaks', 'skill', 'gate', 'monitor', 'probation']),
    );
    expect(await refusal('check', folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no project file') as string,
    });
  });

  it('says what is wrong with the arguments', async () => {
    expect(await refusal('init', 'nowhere', '--label', 'y')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("required option '--data <file>' not specified") as string,
    });
    const { folder, file } = await fileOf('few');
    expect(await refusal('init', join(folder, 'p'), '--data', file, '--label', 'z')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no column "z"') as string,
    });
  });
});
