import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../adapters/store/open-store.ts';
import type { DataSchema } from '../../domain/table.ts';
import { findPython } from '../../scripts/setup/python.mjs';
import { temporaryFolder } from '../support/folders.ts';
import { makeKey, startSecured, untilStatus, ask, bearer } from '../unit/serving/secured.ts';
import { model } from '../unit/serving/support.ts';

const run = promisify(execFile);
const names = ['period', 'nswprice', 'nswdemand', 'vicprice', 'vicdemand', 'transfer'];
const schema: DataSchema = {
  features: names.map((name) => ({ name, type: 'numeric' as const })),
  label: 'target',
  classes: ['0', '1'],
};

/** The code in the README's section on predictions, as it stands there, but for the address. */
async function snippet(language: string, url: string): Promise<string> {
  const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('\n## Predictions and outcomes'));
  const code = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(section)?.[1];
  if (code === undefined) throw new Error(`the README has no ${language} for predictions`);
  expect(code).toContain('http://127.0.0.1:8080');
  return code.replaceAll('http://127.0.0.1:8080', url);
}

async function startLocked() {
  const rig = await startSecured({ INCUMBENT_AUTH: 'keys' }, { behaviours: [{ schema }] });
  const url = `http://127.0.0.1:${await rig.service.listen({ host: '127.0.0.1', port: 0 })}`;
  const { key } = await makeKey(rig.directory, ['predict', 'feedback']);
  await untilStatus(200, () => ask(rig, `/v1/models/${model}`, bearer(key)));
  const readLabels = async () =>
    Array.from((await (await openStore({ directory: rig.storeDirectory })).readOutcomes({ model, schema })).labels);
  return { url, env: { ...process.env, INCUMBENT_KEY: key }, readLabels };
}

const acceptedOne = /"accepted": ?1/;

describe('the README’s code', () => {
  it('in the shell predicts and reports the outcome', async () => {
    const { url, env, readLabels } = await startLocked();
    const { stdout } = await run('bash', ['-euc', await snippet('sh', url)], { env });
    expect(stdout).toMatch(/"model":"electricity","version":"1"/);
    expect(stdout).toMatch(acceptedOne);
    expect(await readLabels()).toEqual([1]);
  });

  it('in Python predicts and reports the outcome', async () => {
    const { url, env, readLabels } = await startLocked();
    const file = join(await temporaryFolder(), 'snippet.py');
    await writeFile(file, await snippet('python', url));
    const python = await findPython();
    if (python === undefined) throw new Error('no Python 3 was found');
    const { stdout } = await run(python.executable, [file], { env });
    expect(stdout.replaceAll("'", '"')).toMatch(acceptedOne);
    expect(await readLabels()).toEqual([1]);
  });
});
