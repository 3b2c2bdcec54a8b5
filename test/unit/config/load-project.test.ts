import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, defaultTraining } from '../../../config/defaults.ts';
import { loadProject } from '../../../config/load-project.ts';
import { ProjectError, type Problem } from '../../../config/problems.ts';
import { temporaryFolder } from '../../support/folders.ts';

const minimal = { name: 'prices', data: { path: 'rows.csv', label: 'up' } };

async function projectOf(config: unknown): Promise<string> {
  const directory = await temporaryFolder();
  await writeFile(join(directory, 'incumbent.config.json'), JSON.stringify(config));
  return directory;
}

async function problemsOf(config: unknown): Promise<readonly Problem[]> {
  const error: unknown = await loadProject(await projectOf(config)).catch((thrown: unknown) => thrown);
  if (error instanceof ProjectError) return error.problems;
  throw new Error('the project was accepted');
}

describe('a model project', () => {
  it('needs nothing but a name, a table and a label', async () => {
    const directory = await projectOf(minimal);
    expect(await loadProject(directory)).toEqual({
      name: 'prices',
      task: null,
      data: { path: join(directory, 'rows.csv'), label: 'up', id: null, time: null, labelTime: null, take: null },
      features: {},
      exclude: [],
      slices: [],
      sensitive: [],
      privacy: { hash: [], omit: [] },
      utility: null,
      goldenSet: null,
      card: {},
      training: defaultTraining,
      policy: defaultPolicy,
    });
  });

  it('keeps the default of every field that is left out', async () => {
    const policy = { retrain: { cooldown: '7d', every: { rows: 336 } }, gate: { alpha: 0.01 } };
    const project = await loadProject(await projectOf({ ...minimal, policy, training: { maxEpochs: 3 } }));
    expect(project.policy.retrain).toEqual({
      ...defaultPolicy.retrain,
      cooldown: { eventMs: 604_800_000 },
      every: { rows: 336 },
    });
    expect(project.policy.gate).toEqual({ ...defaultPolicy.gate, alpha: 0.01 });
    expect(project.training).toEqual({ ...defaultTraining, maxEpochs: 3 });
  });

  it('keeps the log whole, or for as long as the project says', async () => {
    expect((await loadProject(await projectOf(minimal))).policy.log).toEqual({ keepMs: null });
    const policy = { log: { keepMs: '400d' } };
    expect((await loadProject(await projectOf({ ...minimal, policy }))).policy.log.keepMs).toBe(400 * 86_400_000);
    const problems = await problemsOf({ ...minimal, policy: { log: { keepMs: '0d' } } });
    expect(problems).toMatchObject([{ field: 'policy.log.keepMs' }]);
    expect(JSON.stringify(problems)).toContain('longer than nothing');
  });

  it('takes what the command line says over what the file says', async () => {
    const overrides = {
      dataPath: '/elsewhere/rows.parquet',
      take: 5,
      policy: { approval: { mode: 'person' as const } },
    };
    const project = await loadProject(await projectOf(minimal), overrides);
    expect(project.data).toMatchObject({ path: '/elsewhere/rows.parquet', take: 5 });
    expect(project.policy.approval).toEqual({ ...defaultPolicy.approval, mode: 'person' });
  });

  it('can be TypeScript: the example loads', async () => {
    const directory = fileURLToPath(new URL('../../../examples/electricity', import.meta.url));
    const project = await loadProject(directory);
    expect(project.name).toBe('electricity');
    expect(project.data.path).toBe(join(directory, 'elec2.parquet'));
  });
});

describe('a mistake in a model project', () => {
  it.each([
    [{ ...minimal, name: 'My Model' }, 'name', '"My Model"', /lower-case letters/],
    [{ name: 'prices', data: { path: 'rows.csv' } }, 'data.label', 'nothing', /expected string/],
    [{ ...minimal, task: 'ranking' }, 'task', '"ranking"', /"binary"\|"multiclass"\|"regression"/],
    [
      { ...minimal, policy: { retrain: { cooldown: 'soon' } } },
      'policy.retrain.cooldown',
      '"soon"',
      /write "30s", "15m"/,
    ],
    [
      { ...minimal, policy: { retrain: { cooldown: { rows: -1 } } } },
      'policy.retrain.cooldown.rows',
      '-1',
      /expected number to be >0/,
    ],
    [{ ...minimal, policy: { gate: { alpha: 0.9 } } }, 'policy.gate.alpha', '0.9', /<0.5/],
    [{ ...minimal, polcy: {} }, 'polcy', 'a field that is not known', /mend its name/],
    [{ ...minimal, features: { price: 'number' } }, 'features.price', '"number"', /"numeric"/],
    [{ ...minimal, data: { ...minimal.data, take: 0 } }, 'data.take', '0', />0/],
    [{ ...minimal, slices: [{ column: 'age' }] }, 'slices.0', '{"column":"age"}', /give `from`, `to` or both/],
    [{ ...minimal, exclude: ['sex'], sensitive: ['sex'] }, 'sensitive', '"sex"', /name a feature/],
    [{ ...minimal, slices: ['up'] }, 'slices', '"up"', /name a feature/],
    [
      { ...minimal, utility: { matrix: {} }, utilityModule: 'worth.ts' },
      'utility',
      'both utility and utilityModule',
      /one/,
    ],
    [{ ...minimal, utility: { matrix: { up: { up: 'much' } } } }, 'utility.matrix.up.up', '"much"', /number/],
  ])('is named with its field, what was found, and what is right: %j', async (config, field, found, expected) => {
    const [problem] = await problemsOf(config);
    expect(problem).toMatchObject({ field, found, expected: expect.stringMatching(expected) as string });
  });

  it('does not hide the others', async () => {
    const problems = await problemsOf({ name: '', data: { path: '', label: '' } });
    expect(problems.map(({ field }) => field)).toEqual(['name', 'data.path', 'data.label']);
  });

  it('is told when there is no project, or one that does not load', async () => {
    const empty = await temporaryFolder();
    await expect(loadProject(empty)).rejects.toThrow(
      /no project file; put incumbent.config.ts or incumbent.config.json there/,
    );
    await writeFile(join(empty, 'incumbent.config.json'), '{ "name": ');
    await expect(loadProject(empty)).rejects.toThrow(/\(the file\): found .*JSON/);
    const other = join(empty, 'other');
    await mkdir(other);
    await writeFile(join(other, 'incumbent.config.ts'), 'export const config = {};');
    await expect(loadProject(other)).rejects.toThrow(/is not a valid model project/);
  });
});
