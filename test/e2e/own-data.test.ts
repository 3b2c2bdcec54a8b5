import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { quoteText } from '../../adapters/duckdb/columns.ts';
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

/** 2,000 orders, whose price lies `shift` standard deviations above the usual one. */
async function writeOrders(path: string, shift: number): Promise<string> {
  const noise = (salt: number) => `(hash(i, ${salt}) / 2.0 ** 64)`;
  const price = `sqrt(-2 * ln(${noise(1)})) * cos(2 * pi() * ${noise(2)}) + ${shift}`;
  const columns = `i AS id, ${price} AS price, CASE WHEN ${noise(3)} < .5 THEN 'north' ELSE 'south' END AS region`;
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (SELECT ${columns} FROM range(2000) t(i)) TO ${quoteText(path)} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

describe('two files', () => {
  it('are compared in one command: what has drifted, how far, and the checks as JSON', async () => {
    const folder = await temporaryFolder();
    const before = await writeOrders(join(folder, 'before.parquet'), 0);
    const after = await writeOrders(join(folder, 'after.parquet'), 0.5);
    const json = join(folder, 'report.json');
    const { stdout } = await incumbent('drift', before, after, '--exclude', 'id', '--json', json);
    expect(stdout).toMatch(/^fail: 1 of 2 features has drifted; first, price has drifted/);
    expect(stdout).toMatch(/^1\. price has drifted: /m);
    const report = JSON.parse(await readFile(json, 'utf8')) as { drifted: unknown[]; verdict: { checks: unknown[] } };
    expect(report.drifted).toEqual([expect.objectContaining({ feature: 'price', rank: 1 })]);
    expect(report.verdict.checks).toHaveLength(2);
    expect((await incumbent('drift', before, before, '--exclude', 'id')).stdout).toBe(
      'pass: None of 2 features has drifted\n',
    );
  });

  it('are refused where there is nothing to compare, with what would be right', async () => {
    const folder = await temporaryFolder();
    const file = await writeOrders(join(folder, 'orders.parquet'), 0);
    const absent = await refusal('drift', file, join(folder, 'absent.parquet'));
    expect(absent.stderr).toContain('there is no file');
    expect(absent.code).toBeGreaterThan(0);
    expect((await refusal('drift', file, file, '--exclude', 'cost')).stderr).toContain('there is no column "cost"');
    expect((await refusal('drift', file, bin)).stderr).toContain('convert it to one');
  });
});

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
