import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describePlan, renderReadme } from '../../../client/init/describe.ts';
import { planProject, type ProjectPlan } from '../../../client/init/plan-project.ts';
import type { InitRequest } from '../../../client/init/request.ts';
import { refuseExisting, writeProject } from '../../../client/init/write-project.ts';
import { loadProject } from '../../../config/load-project.ts';
import { awkwardTables } from '../../support/awkward-tables.ts';
import { temporaryFolder } from '../../support/folders.ts';

type TableName = keyof typeof awkwardTables;

async function requestOn(table: TableName, label: string, changes: Partial<InitRequest> = {}): Promise<InitRequest> {
  const folder = await temporaryFolder();
  const dataPath = join(folder, `${table}.csv`);
  await writeFile(dataPath, awkwardTables[table]);
  const none = { time: null, labelTime: null, id: null, exclude: [], name: null };
  return { directory: join(folder, 'My  Project_1'), dataPath, label, ...none, ...changes };
}

const plan = async (...args: Parameters<typeof requestOn>): Promise<ProjectPlan> =>
  await planProject(await requestOn(...args));

const featuresOf = ({ history }: ProjectPlan): readonly string[] =>
  history.schema.features.map(({ name, type }) => `${name}: ${type}`);

describe('planning a project for an awkward table', () => {
  it('reads semicolons, decimal commas and names with spaces, and leaves ids out', async () => {
    const found = await plan('semicolons', 'sold?', { time: 'Ordered' });
    expect(featuresOf(found)).toEqual(['Unit Price: numeric', 'Kind of thing: categorical']);
    expect(found.history.schema.classes).toEqual(['no', 'yes']);
    expect(found.config).toMatchObject({
      name: 'my-project-1',
      data: { path: '../semicolons.csv', label: 'sold?', time: 'Ordered' },
      exclude: ['Order ID'],
    });
    expect(describePlan(found)).toMatch(/left out +"Order ID": has 600 different texts in 600 rows/);
  });

  it('reads quoted cells, and knows a counter of rows', async () => {
    const found = await plan('quoted', 'y');
    expect(featuresOf(found)).toEqual(['x: numeric', 'text, with comma: categorical']);
    expect(found.excluded).toEqual([{ column: 'row', why: 'counts the rows' }]);
  });

  it('leaves out what is constant or empty, and keeps what is missing here and there', async () => {
    const found = await plan('threeClasses', 'cls');
    expect(featuresOf(found)).toEqual(['x: numeric', 'z: numeric']);
    expect(found.excluded.map(({ column }) => column)).toEqual(['empty', 'const']);
    expect(describePlan(found)).toMatch(/"cls": multiclass, 3 classes \(/);
  });

  it('says which cells turn numbers into texts', async () => {
    const found = await plan('regression', 'price');
    expect(describePlan(found)).toMatch(/"price": regression, from [\d.]+ to [\d.]+/);
    expect(found.remarks).toEqual(['"na" holds numbers, but for "NA": leave such cells empty']);
  });

  it('warns of columns that know the label, or are known after it only', async () => {
    const found = await plan('leaking', 'y', { time: 'opened' });
    expect(found.leaks.map(({ name, level }) => `${name} ${level}`)).toEqual(['leak:closed warn', 'leak:refund fail']);
    expect(describePlan(found)).toMatch(/warning +"refund" alone knows the label \(AUC 1\.000\)/);
    const fair = await plan('leaking', 'y', { time: 'opened', labelTime: 'closed', exclude: ['refund'] });
    expect(fair.leaks).toEqual([]);
    expect(featuresOf(fair)).toEqual(['x: numeric']);
  });

  it('tells how rare a class is', async () => {
    expect(describePlan(await plan('imbalanced', 'y'))).toMatch(/class "fraud" is rare: \d+ rows, \d\.\d%/);
  });

  it.each<[TableName, string, Partial<InitRequest>, RegExp]>([
    ['few', 'y', {}, /has 2 rows: a project takes 400 at least/],
    ['oneClass', 'y', {}, /label "y" has one class only/],
    ['missingLabels', 'y', {}, /60 of 600 rows have no label "y"/],
    ['onlyIds', 'y', {}, /no column left that could be a feature: "id" counts the rows/],
    ['soonTimes', 'y', { time: 't' }, /time "t" of 1 of 600 rows is no time, e\.g\. "soon"/],
    ['threeClasses', 'clss', {}, /--label: .* has no column "clss" \(did you mean "cls"\?\); there are: "x", "z"/],
    ['threeClasses', 'cls', { exclude: ['zz'] }, /--exclude: .* no column "zz"/],
    ['threeClasses', 'cls', { time: 'cls' }, /--time and --label both name the column "cls"/],
    ['threeClasses', 'cls', { name: 'No Name' }, /name: found "No Name"; lower-case letters/],
  ])('refuses %s with label %s and %j in words', async (table, label, changes, message) => {
    await expect(plan(table, label, changes)).rejects.toThrow(message);
  });
});

describe('writing a project', () => {
  it('writes JSON outside its own package, which loads, and a README; and never overwrites', async () => {
    const request = await requestOn('threeClasses', 'cls');
    const found = await planProject(request);
    const { directory } = request;
    const written = await writeProject(directory, found.config, renderReadme(found, directory));
    expect(written).toEqual({ file: join(directory, 'incumbent.config.json'), wroteReadme: true });
    expect(await loadProject(directory)).toMatchObject({
      name: 'my-project-1',
      data: { path: request.dataPath, label: 'cls' },
      exclude: ['empty', 'const'],
      policy: { retrain: { minFreshLabels: 60 }, gate: { minRows: 40 } },
    });
    expect(await readFile(join(directory, 'README.md'), 'utf8')).toContain(`incumbent backtest ${directory}`);
    await expect(refuseExisting(directory)).rejects.toThrow(/incumbent\.config\.json is there already/);
    await expect(writeProject(directory, found.config, '')).rejects.toThrow(/EEXIST/);
  });

  it('keeps a README that is there', async () => {
    const request = await requestOn('threeClasses', 'cls');
    const directory = join(request.directory, '..');
    await writeFile(join(directory, 'README.md'), 'mine');
    const found = await planProject(request);
    expect((await writeProject(directory, found.config, 'other')).wroteReadme).toBe(false);
    expect(await readFile(join(directory, 'README.md'), 'utf8')).toBe('mine');
    await expect(access(join(directory, 'incumbent.config.ts'))).rejects.toThrow(/ENOENT/);
  });
});
