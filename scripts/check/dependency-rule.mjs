import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { judgeImport } from './allowed-imports.mjs';
import { readImports } from './read-imports.mjs';

const skipped = new Set(['node_modules', 'coverage', 'docs']);
const built = 'mlflow-js-client/dist/';

/**
 * The import rule broken in one file, in the form that editors open: `path:line: what`.
 * @param {string} path from the root, with slashes
 * @param {string} source
 * @returns {string[]}
 */
export function findViolations(path, source) {
  return readImports(path, source).flatMap((mention) => {
    const { specifier } = mention;
    const target = specifier.startsWith('.') ? toSlashes(join(dirname(path), specifier)) : undefined;
    const problem = judgeImport(path, { ...mention, target });
    return problem ? [`${path}:${mention.line}: ${problem}`] : [];
  });
}

/**
 * Judges every module under a folder.
 * @param {string} root
 * @returns {{ modules: number, violations: string[] }}
 */
export function checkDependencies(root) {
  const paths = listModules(root);
  const violations = paths.flatMap((path) => findViolations(path, readFileSync(join(root, path), 'utf8')));
  return { modules: paths.length, violations };
}

/** @param {string} root */
function listModules(root) {
  const isModule = (/** @type {string} */ name) => /\.(ts|mts|mjs|js)$/.test(name);
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name) || entry.name.startsWith('.')) return [];
    if (!entry.isDirectory()) return isModule(entry.name) && !entry.name.includes('.config.') ? [entry.name] : [];
    const inside = readdirSync(join(root, entry.name), { recursive: true, withFileTypes: true });
    return inside
      .filter((file) => file.isFile() && isModule(file.name))
      .map((file) => toSlashes(relative(root, join(file.parentPath, file.name))))
      .filter((path) => !path.startsWith(built));
  });
}

/** @param {string} path */
const toSlashes = (path) => path.split(sep).join('/');

if (resolve(process.argv[1] ?? '') === import.meta.filename) {
  const { modules, violations } = checkDependencies(resolve(process.argv[2] ?? join(import.meta.dirname, '../..')));
  for (const violation of violations) console.error(violation);
  console.log(`${modules} modules, ${violations.length} forbidden imports`);
  process.exitCode = modules === 0 || violations.length > 0 ? 1 : 0;
}
