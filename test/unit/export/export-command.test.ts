import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterEach, describe, expect, it } from 'vitest';
import type { FeatureRow } from '../../../adapters/data/feature-rows.ts';
import { writeExport } from '../../../adapters/export/write-export.ts';
import type { Registry } from '../../../adapters/ports/registry.ts';
import { openEmbeddedRegistry } from '../../../adapters/registry/embedded.ts';
import { makeKeyPair } from '../../../adapters/registry/make-key-pair.ts';
import type { Golden } from '../../../adapters/runtime/golden.ts';
import { readPackageFile } from '../../../adapters/runtime/model-package.ts';
import { addExportCommand } from '../../../client/cli/export-command.ts';
import { homeAt } from '../../../config/home.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { pythonPath } from '../../support/python.ts';
import { tf, writeNetworkPackage } from './network-package.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const row: FeatureRow = {
  period: 0.5,
  nswprice: 0.06,
  nswdemand: 0.4,
  vicprice: 0.003,
  vicdemand: 0.4,
  transfer: 0.4,
};

interface Home {
  readonly home: string;
  readonly registry: Registry;
}

/** A home whose registry has one version of the demo's model, the champion. */
async function makeHome({ isExported = true } = {}): Promise<Home> {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, activation: 'sigmoid', inputShape: [Object.keys(row).length] })],
  });
  const packageDirectory = await writeNetworkPackage(model, Object.keys(row), ['0', '1'], [row]);
  model.dispose();
  if (isExported) await writeExport(packageDirectory);
  const home = await temporaryFolder();
  const registry = await openEmbeddedRegistry({ directory: homeAt(home).registry });
  await registry.register({ model: 'electricity', idempotencyKey: 'a', packageDirectory, tags: {} });
  await registry.setAlias('electricity', 'champion', '1');
  return { home, registry };
}

/** What the command prints, in this process. */
async function runCommand(home: string, ...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const program = new Command();
  addExportCommand(program, (text) => void printed.push(text));
  await program.parseAsync(['node', 'incumbent', 'export', ...args, '--home', home]);
  return printed.join('\n');
}

describe('incumbent export', () => {
  afterEach(() => void delete process.env['INCUMBENT_TRUSTED_KEYS']);

  it('makes a folder that the Python of the README loads', { timeout: 300_000 }, async () => {
    const { home } = await makeHome();
    const folder = await temporaryFolder();
    const incumbent = join(root, 'bin', 'incumbent.mjs');
    const args = [incumbent, 'export', 'electricity', 'champion', 'model', '--home', home];
    const { stdout } = await run(process.execPath, args, { cwd: folder });
    expect(stdout).toContain('electricity version 1 in ');
    expect(stdout).toMatch(/model\.onnx +the whole of it, from raw feature columns to outputs/);
    expect(stdout).toMatch(/manifest\.json +size and SHA-256 of every file/);

    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const [, snippet] = /incumbent export .*?```python\n(.*?)```/s.exec(readme) ?? [];
    await writeFile(join(folder, 'snippet.py'), snippet!);
    const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' };
    const answered = await run(pythonPath(), ['snippet.py'], { cwd: folder, env });
    const { outputs } = await readPackageFile<Golden>(join(folder, 'model'), 'golden.json');
    const probability = Math.max(outputs[0]![0]!, 1 - outputs[0]![0]!);
    const [, , said] = /label +probability +probabilities\n0 +([01]) +(0\.\d+)/.exec(answered.stdout) ?? [];
    expect(Math.abs(Number(said) - probability)).toBeLessThan(1e-5);
  });

  it('says why Python can not load what has no export', async () => {
    const { home } = await makeHome({ isExported: false });
    const printed = await runCommand(home, 'electricity', '1', join(await temporaryFolder(), 'out'));
    expect(printed).toContain('Not from Python: it was registered without an export');
  });

  it('refuses a folder that is not empty, and what is not there', async () => {
    const { home } = await makeHome();
    const folder = await temporaryFolder();
    const out = join(folder, 'out');
    await writeFile(join(folder, 'mine'), '');
    await expect(runCommand(home, 'electricity', '1', folder)).rejects.toThrow(
      'is not empty, and nothing is overwritten',
    );
    await expect(runCommand(home, 'electricity', '2', out)).rejects.toThrow('electricity has no version 2');
    await expect(runCommand(home, 'electricity', 'previous', out)).rejects.toThrow(
      'electricity has no previous; its versions are 1',
    );
    await expect(runCommand(home, 'electricity', 'best', out)).rejects.toThrow(
      '"best" is neither a version nor an alias',
    );
    await expect(runCommand(home, 'flights', 'champion', out)).rejects.toThrow('there is no model flights here');
  });

  it('refuses a package that was altered, and an unsigned one where signing is on', async () => {
    const { home, registry } = await makeHome();
    const out = join(await temporaryFolder(), 'out');
    const { publicFile } = await makeKeyPair(await temporaryFolder());
    process.env['INCUMBENT_TRUSTED_KEYS'] = publicFile;
    await expect(runCommand(home, 'electricity', '1', out)).rejects.toMatchObject({ code: 'package-untrusted' });
    delete process.env['INCUMBENT_TRUSTED_KEYS'];
    await appendFile(join(await registry.fetchPackage('electricity', '1'), 'model.onnx'), 'x');
    await expect(runCommand(home, 'electricity', '1', out)).rejects.toThrow('model.onnx was altered');
  });
});
