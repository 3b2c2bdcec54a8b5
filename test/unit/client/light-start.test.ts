import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What is loaded with a module, before any of its code asks for more. */
async function staticImports(path: string): Promise<readonly string[]> {
  const { program } = parseSync(path, await readFile(path, 'utf8'));
  return program.body.flatMap((node) => {
    if (node.type === 'ImportDeclaration') return node.importKind === 'type' ? [] : [node.source.value];
    const isExport = node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration';
    return isExport && node.source !== null && node.exportKind !== 'type' ? [node.source.value] : [];
  });
}

it('the command line starts with nothing but commander: each command loads its libraries when it is called', async () => {
  const packages = new Set<string>();
  const waiting = [join(root, 'client', 'main.ts')];
  const seen = new Set(waiting);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const specifier of await staticImports(path)) {
      if (!specifier.startsWith('.')) packages.add(specifier);
      else if (!seen.has(join(path, '..', specifier))) {
        seen.add(join(path, '..', specifier));
        waiting.push(join(path, '..', specifier));
      }
    }
  }
  expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual(['commander']);
  expect(seen.size).toBeGreaterThan(10);
  expect(seen.size).toBeLessThan(40);
});
