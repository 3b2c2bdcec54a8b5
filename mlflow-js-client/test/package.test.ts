import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/folders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = (command: string, args: readonly string[], cwd: string) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}`.trim() };
};

const program = `
import { createMlflowClient, isMlflowError, type MlflowErrorCode } from 'mlflow-js-client';
const client = createMlflowClient({ trackingUri: 'http://127.0.0.1:9', retry: { attempts: 1 } });
const code: MlflowErrorCode | null = await client.check().then(() => null, (error: unknown) => isMlflowError(error) ? error.code : null);
// @ts-expect-error: a run has no such field
const wrong: string | undefined = (await client.runs.search({ experimentIds: [] }).next().catch(() => null))?.value?.nothing;
console.log(code);
`;

it('what is published can be installed, has types, and runs in plain Node', async () => {
  const folder = await temporaryFolder();
  const built = join(folder, 'node_modules', 'mlflow-js-client');
  await mkdir(join(folder, 'node_modules'));
  expect(run(process.execPath, [join(root, 'mlflow-js-client', 'build.mjs'), built], folder)).toEqual({
    status: 0,
    said: '',
  });
  for (const name of ['zod', '@types', 'undici-types'])
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'program.ts'), program);
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const options = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--types', 'node', 'program.ts'];
  expect(run(tsc, options, folder)).toEqual({ status: 0, said: '' });
  expect(run(process.execPath, ['program.js'], folder)).toEqual({ status: 0, said: 'CONNECTION_FAILED' });
  const packed = run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], built);
  const [{ files }] = JSON.parse(packed.said) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'index.d.ts', 'index.js', 'package.json']));
  expect(paths.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
});
