import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Makes `dist/`, or the folder that is named: what gets published, by `npm publish ./dist`. In this repository the package is used as it is
 * written, in TypeScript; there its package.json points to JavaScript and types.
 */
const root = import.meta.dirname;
const dist = resolve(process.argv[2] ?? join(root, 'dist'));
rmSync(dist, { recursive: true, force: true });
const tsc = join(root, '../node_modules/.bin/tsc');
const built = spawnSync(tsc, ['-p', join(root, 'tsconfig.build.json'), '--outDir', dist], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);

const {
  private: _private,
  scripts: _scripts,
  exports: _exports,
  ...rest
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const published = { ...rest, sideEffects: false, exports: { '.': { types: './index.d.ts', default: './index.js' } } };
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
for (const file of ['README.md', 'LICENSE']) copyFileSync(join(root, file), join(dist, file));
