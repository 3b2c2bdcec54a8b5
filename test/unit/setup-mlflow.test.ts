import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mlflowEnvironment, mlflowPath } from '../../scripts/setup/locate.mjs';
import { hasMlflow, provideMlflow } from '../../scripts/setup/mlflow.mjs';
import { createReport } from '../../scripts/setup/report.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'incumbent-setup-'));
  vi.stubEnv('INCUMBENT_CACHE', join(folder, 'cache'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function program(path: string, body: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

const provide = (python: { executable: string; version: string } | undefined) =>
  provideMlflow({
    python: () => Promise.resolve(python && { ...python, pip: '25.0' }),
    report: createReport({ write: () => true }),
  });

describe('mlflow', () => {
  it("is the user's own where there is one, and passed over on the PATH where it is old", () => {
    const own = program(join(folder, 'own', 'mlflow'), 'exit 1');
    vi.stubEnv('INCUMBENT_MLFLOW', own);
    expect(mlflowPath()).toBe(own);
    vi.stubEnv('INCUMBENT_MLFLOW', '');
    vi.stubEnv('PATH', join(folder, 'bin'));
    const found = program(join(folder, 'bin', 'mlflow'), 'echo "mlflow, version 3.18.1"');
    expect(mlflowPath()).toBe(found);
    program(join(folder, 'bin', 'mlflow'), 'echo "mlflow, version 1.30.0"');
    expect(mlflowPath).toThrow('npm run setup -- --with mlflow');
    expect(hasMlflow()).toBe(false);
  });

  it('is not there when the Python that it was installed for is gone', () => {
    vi.stubEnv('PATH', folder);
    program(join(mlflowEnvironment(), 'bin', 'mlflow'), 'exit 0');
    expect(hasMlflow()).toBe(false);
    program(join(mlflowEnvironment(), 'bin', 'python3'), 'exit 0');
    expect(hasMlflow()).toBe(true);
  });

  it('says what to install where there is no Python, or an old one', async () => {
    await expect(provide(undefined)).rejects.toMatchObject({ remedy: expect.stringContaining('INCUMBENT_MLFLOW') });
    await expect(provide({ executable: '/usr/bin/python3', version: '3.9.2' })).rejects.toMatchObject({
      message: expect.stringContaining('needs Python 3.10 or newer; /usr/bin/python3 is 3.9.2'),
    });
  });

  it('leaves nothing behind when its packages cannot be reached', async () => {
    const unreachable = '#!/bin/sh\\necho "WARNING: Retrying (Retry(total=0)) after connection broken"; exit 1';
    const executable = program(
      join(folder, 'bin', 'python3'),
      `mkdir -p "$3/bin" && printf '${unreachable}' > "$3/bin/python3" && chmod +x "$3/bin/python3"`,
    );
    await expect(provide({ executable, version: '3.12.1' })).rejects.toMatchObject({
      message: expect.stringContaining('The package index could not be reached to download mlflow 3'),
    });
    expect(existsSync(mlflowEnvironment())).toBe(false);
  });

  it('is moved as a whole: its commands name the folder that they end up in', async () => {
    const pip = '#!/bin/sh\\nbin=$(dirname "$0"); printf "#!$bin/python3\\\\n" > "$bin/mlflow"; chmod +x "$bin/mlflow"';
    const executable = program(
      join(folder, 'bin', 'python3'),
      `mkdir -p "$3/bin" && printf '${pip}' > "$3/bin/python3" && chmod +x "$3/bin/python3" && touch "$3/pyvenv.cfg"`,
    );
    await provide({ executable, version: '3.12.1' });
    expect(readFileSync(join(mlflowEnvironment(), 'bin', 'mlflow'), 'utf8')).toBe(
      `#!${mlflowEnvironment()}/bin/python3\n`,
    );
    expect(hasMlflow()).toBe(true);
  });
});

describe('npm run setup', () => {
  it('refuses a part that nobody knows', () => {
    const script = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));
    const result = spawnSync(process.execPath, [script, '--with', 'kubeflow'], { encoding: 'utf8' });
    expect([result.status, result.stderr]).toEqual([
      2,
      expect.stringContaining('--with kubeflow: there is no such part'),
    ]);
  });
});
