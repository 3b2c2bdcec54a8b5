import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findCompiler } from '../../scripts/setup/compiler.mjs';
import { explainFileError } from '../../scripts/setup/errors.mjs';
import { compareVersions, temporalCliPath, temporalTestServerPath } from '../../scripts/setup/locate.mjs';
import { hasNodeModules } from '../../scripts/setup/node-modules.mjs';
import { provideMissing } from '../../scripts/setup/parts.mjs';
import { checkCLibrary, detectPlatform } from '../../scripts/setup/platform.mjs';
import { checkFreeSpace, publish } from '../../scripts/setup/publish.mjs';
import { ensurePip, findPython } from '../../scripts/setup/python.mjs';

const script = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'incumbent-setup-'));
  vi.stubEnv('INCUMBENT_CACHE', join(folder, 'cache'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Puts a program on a PATH that has nothing else. */
function onlyOnPath(name: string, body: string) {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
  vi.stubEnv('PATH', bin);
  return join(bin, name);
}

const remedyOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return `${(error as Error).message} ${(error as { remedy?: string }).remedy}`;
  }
  return undefined;
};

describe('the platform', () => {
  it.each([
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['darwin', 'arm64'],
  ])('%s on %s is supported', (os, cpu) => {
    expect(detectPlatform(os, cpu)).toBe(`${os}-${cpu}`);
  });

  it.each([
    ['win32', 'x64', 'WSL'],
    ['darwin', 'x64', 'Intel'],
    ['freebsd', 'x64', 'linux-x64, linux-arm64, darwin-arm64'],
  ])('%s on %s is refused with a way out', (os, cpu, words) => {
    expect(remedyOf(() => detectPlatform(os, cpu))).toContain(words);
  });

  it('needs a C library that TensorFlow runs on', () => {
    expect(remedyOf(() => checkCLibrary('2.27'))).toBeUndefined();
    expect(remedyOf(() => checkCLibrary('2.17'))).toContain('this Linux has 2.17');
    expect(remedyOf(() => checkCLibrary(undefined))).toContain('Alpine');
  });
});

describe('what the machine has', () => {
  it('says how to install a compiler when there is none', () => {
    vi.stubEnv('CXX', undefined);
    vi.stubEnv('PATH', folder);
    expect(remedyOf(findCompiler)).toContain('apt install g++');
  });

  it('finds no Python where there is none', async () => {
    vi.stubEnv('PATH', folder);
    expect(await findPython()).toBeUndefined();
  });

  it('says how to install pip when Python has neither pip nor venv', async () => {
    const executable = onlyOnPath(
      'python3',
      'case "$1" in -c) echo 3.12.1;; *) echo "No module named pip" >&2; exit 1;; esac',
    );
    const python = await findPython();
    expect(python).toEqual({ executable, version: '3.12.1', pip: undefined });
    await expect(ensurePip({ executable, version: '3.12.1', pip: undefined }, folder)).rejects.toMatchObject({
      message: expect.stringContaining('neither pip nor a working venv'),
      remedy: expect.stringContaining('apt install python3-pip'),
    });
  });

  it("uses the user's own executables, and says when they are none", () => {
    vi.stubEnv('INCUMBENT_TEMPORAL_CLI', '/bin/sh');
    expect(temporalCliPath()).toBe('/bin/sh');
    vi.stubEnv('INCUMBENT_TEMPORAL_CLI', join(folder, 'nothing'));
    expect(temporalCliPath).toThrow('INCUMBENT_TEMPORAL_CLI is');
  });

  it('uses a recent temporal on the PATH, and passes over an old one', () => {
    const own = onlyOnPath('temporal', 'echo "temporal version 1.8.0 (Server 1.31.0, UI 2.50.0)"');
    expect(temporalCliPath()).toBe(own);
    onlyOnPath('temporal', 'echo "temporal version 0.13.0 (server 1.20)"');
    expect(temporalCliPath).toThrow('npm run setup');
  });

  it('says to run set-up when an executable is not there', () => {
    vi.stubEnv('PATH', folder);
    expect(temporalTestServerPath).toThrow('Run `npm run setup`');
  });

  it('orders versions by number, not by letter', () => {
    expect(compareVersions('1.10.0', '1.9.1')).toBeGreaterThan(0);
    expect(compareVersions('20.19.0', '20.19.0')).toBe(0);
  });
});

describe('the cache', () => {
  it('gets an entry whole or not at all', async () => {
    const entry = join(folder, 'cache', 'part', '1.0');
    await expect(publish(entry, () => Promise.reject(new Error('cut off')))).rejects.toThrow('cut off');
    expect(existsSync(entry)).toBe(false);
    expect(readdirSync(join(folder, 'cache', 'scratch'))).toEqual([]);
  });

  it('lets two checkouts fill the same entry side by side', async () => {
    const entry = join(folder, 'cache', 'part', '1.0');
    const fill = (content: string) => publish(entry, async (scratch) => writeFileSync(join(scratch, 'file'), content));
    await Promise.all([fill('same'), fill('same')]);
    expect(readdirSync(entry)).toEqual(['file']);
  });

  it('is not begun on a disk that is too full', () => {
    expect(remedyOf(() => checkFreeSpace(1e18))).toContain('INCUMBENT_CACHE');
    expect(remedyOf(() => checkFreeSpace(1))).toBeUndefined();
  });

  it.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'])('has words for %s', (code) => {
    expect(explainFileError(Object.assign(new Error(code), { code }), '/cache')).toMatchObject({ name: 'SetupError' });
  });
});

describe('node_modules', () => {
  const lock = (packages: object) => JSON.stringify({ packages });
  const write = (wanted: object, installed: object) => {
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package-lock.json'), lock({ '': {}, ...wanted }));
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), lock(installed));
  };

  it.each([
    ['is as the lock says', { a: { version: '1.0.0' } }, { a: { version: '1.0.0' } }, true],
    ['has another version', { a: { version: '1.0.1' } }, { a: { version: '1.0.0' } }, false],
    ['lacks a package', { a: { version: '1.0.0' } }, {}, false],
    ["lacks another platform's package", { a: { version: '1.0.0', optional: true } }, {}, true],
    ['lacks a package for development', { a: { version: '1.0.0', dev: true } }, {}, false],
  ])('%s', (_, wanted, installed, expected) => {
    write(wanted, installed);
    expect(hasNodeModules(folder, { production: false })).toBe(expected);
  });

  it('needs no packages for development in production', () => {
    write({ a: { version: '1.0.0', dev: true } }, {});
    expect(hasNodeModules(folder, { production: true })).toBe(true);
  });
});

describe('the parts', () => {
  const part = (name: string, needs: string[], provide: () => Promise<void>) => ({
    name,
    needs,
    isThere: () => false,
    provide,
  });

  it('are provided after what they need, and left out when that failed', async () => {
    const order: string[] = [];
    const provide = (name: string) => async () => void order.push(name);
    const { failures } = await provideMissing([
      part('library', [], provide('library')),
      part('broken', [], () => Promise.reject(new Error('no network'))),
      part('addon', ['library'], provide('addon')),
      part('never', ['library', 'broken'], provide('never')),
    ]);
    expect(order).toEqual(['library', 'addon']);
    expect(failures).toEqual([new Error('no network')]);
  });
});

describe('npm run setup', () => {
  const setUp = (env: NodeJS.ProcessEnv) => spawnSync(process.execPath, [script], { encoding: 'utf8', env });

  it('has nothing to do in a checkout that is set up', () => {
    vi.unstubAllEnvs();
    const result = setUp(process.env);
    expect(result.stderr).toContain('everything is in place');
    expect(result.status).toBe(0);
  });

  it('says what is missing and what to do, and fails', () => {
    const env = {
      PATH: folder,
      INCUMBENT_CACHE: join(folder, 'cache'),
      INCUMBENT_TEMPORAL_CLI: '/bin/sh',
      INCUMBENT_TEMPORAL_TEST_SERVER: '/bin/sh',
    };
    const result = setUp(env);
    expect(result.stderr).toContain(
      'Set-up failed: TensorFlow comes as a Python package, and no Python 3 was found on the PATH.',
    );
    expect(result.stderr).toContain('What to do: Install Python 3 with pip');
    expect(result.status).toBe(1);
  });
});
