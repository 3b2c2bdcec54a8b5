import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { schemathesisPath } from '../support/schemathesis.ts';
import { makeKey, startSecured } from '../unit/serving/secured.ts';
import { model } from '../unit/serving/support.ts';

/** It tries wrong keys, more than anybody may. */
const failureRate = { perSecond: 1e6, burst: 1e6 };

/** Which features a model has stands in no document: rows that are as described may be refused. */
const leftOut = ['positive_data_acceptance'];

async function runSchemathesis(url: string, key: string): Promise<{ code: number; output: string }> {
  const folder = await temporaryFolder();
  const config = join(folder, 'schemathesis.toml');
  await writeFile(config, `[parameters]\n"path.name" = "${model}"\n[auth.openapi.bearer]\nbearer = "${key}"\n`);
  const options = [
    ['--max-examples', '40'],
    ['--seed', '1'],
    ['--max-time', '20'],
    ['--exclude-checks', leftOut.join(',')],
    ['--suppress-health-check', 'all'],
    ['--warnings', 'off'],
  ];
  const args = ['--config-file', config, 'run', `${url}/openapi.json`, '--no-color', ...options.flat()];
  const path = await schemathesisPath();
  return await new Promise((ended) => {
    execFile(path, args, { cwd: folder, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      ended({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` }),
    );
  });
}

describe('the service', () => {
  it('does what /openapi.json says, whatever schemathesis sends', { timeout: 240_000 }, async () => {
    const directory = join(await temporaryFolder(), 'security');
    const { key } = await makeKey(directory, ['admin']);
    const rig = await startSecured({ INCUMBENT_AUTH: 'keys' }, { directory, failureRate });
    const port = await rig.service.listen({ host: '127.0.0.1', port: 0 });
    const { code, output } = await runSchemathesis(`http://127.0.0.1:${port}`, key);
    expect(output).toMatch(/(No issues found|\d+ passed)/i);
    expect(code, output).toBe(0);
  });
});
