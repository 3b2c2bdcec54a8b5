import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findViolations } from '../../scripts/check/dependency-rule.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('an import is refused', () => {
  it.each([
    ['domain/gate/a.ts', `import { z } from 'zod'`, 'domain/ may not import zod'],
    ['domain/a.ts', `import { readFile } from 'node:fs'`, 'domain/ may not import node:fs'],
    ['domain/a.ts', `import type { Policy } from '../config/policy.ts'`, 'domain/ may not import config/policy.ts'],
    ['domain/a.ts', `export * from '../adapters/a.ts'`, 'domain/ may not import adapters/a.ts'],
    ['domain/a.ts', `const a = await import('../adapters/a.ts')`, 'domain/ may not import adapters/a.ts'],
    ['domain/a.ts', `const a = require('winston')`, 'domain/ may not import winston'],
    ['domain/a.ts', `const a = await import(name)`, 'domain/ may not import <computed>'],
    ['domain/a.ts', `type A = import('winston').Logger`, 'domain/ may not import winston'],
    ['domain/a.ts', `import fs = require('fs')`, 'domain/ may not import fs'],
    ['config/a.ts', `import { a } from '../adapters/a.ts'`, 'config/ may not import adapters/a.ts'],
    ['config/a.ts', `import winston from 'winston'`, 'config/ may not import winston'],
    ['workflows/a.ts', `import { judge } from '../domain/gate/judge.ts'`, 'say `import type`'],
    ['workflows/a.ts', `import { type Verdict } from '../domain/verdict.ts'`, 'say `import type`'],
    ['workflows/a.ts', `import { a } from '../activities/index.ts'`, 'say `import type`'],
    ['workflows/a.ts', `import { z } from 'zod'`, 'workflows/ may not import zod'],
    ['workflows/a.ts', `import fs from 'node:fs'`, 'workflows/ may not import node:fs'],
    [
      'activities/a.ts',
      `import { open } from '../adapters/store/open.ts'`,
      'activities/ may not import adapters/store/open.ts',
    ],
    ['activities/a.ts', `import { open } from '../adapters/ports/store.ts'`, 'say `import type`'],
    ['activities/a.ts', `import { z } from 'zod'`, 'activities/ may not import zod'],
    ['adapters/a.ts', `import { log } from '@temporalio/activity'`, 'adapters/ may not import @temporalio/activity'],
    ['adapters/a.ts', `import { a } from '../serving/a.ts'`, 'adapters/ may not import serving/a.ts'],
    ['adapters/ports/a.ts', `import { a } from '../store/a.ts'`, 'adapters/ports/ may not import adapters/store/a.ts'],
    ['serving/a.ts', `import { Client } from '@temporalio/client'`, 'serving/ may not import @temporalio/client'],
    ['serving/a.ts', `import { a } from '../client/a.ts'`, 'serving/ may not import client/a.ts'],
    ['client/a.ts', `import { Worker } from '@temporalio/worker'`, 'client/ may not import @temporalio/worker'],
    ['client/a.ts', `import { lifecycle } from '../workflows/lifecycle.ts'`, 'say `import type`'],
    ['client/a.ts', `import { run } from '../worker.ts'`, 'client/ may not import worker.ts'],
    ['client/a.ts', `import { a } from '../scripts/setup/pins.mjs'`, 'client/ may not import scripts/setup/pins.mjs'],
    ['client/a.ts', `import { a } from '../test/support/a.ts'`, 'client/ may not import test/support/a.ts'],
    ['worker.ts', `import { a } from './test/support/a.ts'`, 'worker may not import test/support/a.ts'],
    ['elsewhere/a.ts', `import { a } from '../domain/a.ts'`, 'no room that the dependency rule knows'],
  ])('%s: %s', (path, source, problem) => {
    expect(findViolations(path, `\n${source};\n`)).toEqual([expect.stringContaining(problem)]);
    expect(findViolations(path, `\n${source};\n`)[0]).toMatch(new RegExp(`^${path}:2: `));
  });
});

describe('an import is allowed', () => {
  it.each([
    ['domain/gate/a.ts', `import { b } from '../math/b.ts'`],
    ['domain/a.ts', `// import { z } from 'zod'`],
    ['domain/a.ts', `const text = "import { z } from 'zod'"`],
    ['config/a.ts', `import { z } from 'zod'`],
    ['workflows/a.ts', `import { step } from '../domain/lifecycle/step.ts'`],
    ['workflows/a.ts', `import type { Verdict } from '../domain/verdict.ts'`],
    ['workflows/a.ts', `import type * as activities from '../activities/index.ts'`],
    ['workflows/a.ts', `import { sleep } from '@temporalio/workflow'`],
    ['activities/a.ts', `import type { Store } from '../adapters/ports/store.ts'`],
    ['activities/a.ts', `import { judge } from '../domain/gate/judge.ts'`],
    ['adapters/a.ts', `import { DuckDBInstance } from '@duckdb/node-api'`],
    ['serving/a.ts', `import { open } from '../adapters/store/open.ts'`],
    ['client/a.ts', `import { retrainUpdate } from '../workflows/messages.ts'`],
    ['client/a.ts', `import { temporalCliPath } from '../scripts/setup/locate.mjs'`],
    ['worker.ts', `import { createActivities } from './activities/index.ts'`],
    ['test/a.test.ts', `import { open } from '../adapters/store/open.ts'`],
  ])('%s: %s', (path, source) => {
    expect(findViolations(path, source)).toEqual([]);
  });
});

describe('the commands that CI runs', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'incumbent-rule-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (path: string, source: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  };

  it('fails on a forbidden import, and names its place', () => {
    write('domain/deep/a.ts', `import { z } from 'zod';\n`);
    const result = spawnSync(process.execPath, [join(root, 'scripts/check/dependency-rule.mjs'), folder], {
      encoding: 'utf8',
    });
    expect(result.stderr).toBe('domain/deep/a.ts:1: domain/ may not import zod\n');
    expect(result.status).toBe(1);
  });

  it('fails when it finds no module at all', () => {
    const result = spawnSync(process.execPath, [join(root, 'scripts/check/dependency-rule.mjs'), folder], {
      encoding: 'utf8',
    });
    expect(result.status).toBe(1);
  });

  it('refuses what is not deterministic in domain and workflows', () => {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    write('domain/a.ts', 'export const a = () => [Date.now(), Math.random(), process.pid, fetch];\n');
    write('workflows/a.ts', 'export const a = () => [process.pid, Buffer, fetch, setInterval, WeakRef];\n');
    const oxlint = join(root, 'node_modules/.bin/oxlint');
    const { stdout } = spawnSync(oxlint, ['-f', 'unix'], { cwd: folder, encoding: 'utf8' });
    const found = (file: string) =>
      stdout.split('\n').filter((line) => line.startsWith(file) && line.includes('no-restricted'));
    expect(found('domain/a.ts')).toHaveLength(4);
    expect(found('workflows/a.ts')).toHaveLength(5);
  });
});
