import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectFileNames } from '../../config/load-project.ts';
import type { ModelConfig } from '../../config/model-schema.ts';
import { InitError } from './request.ts';

const root = dirname(fileURLToPath(new URL('..', import.meta.url)));
const defineModelFile = join(root, 'config', 'define-model.ts');

export interface Written {
  readonly file: string;
  /** false where the folder has a README already: it is kept. */
  readonly wroteReadme: boolean;
}

/** Throws an InitError where the folder has a project. */
export async function refuseExisting(directory: string): Promise<void> {
  for (const name of projectFileNames) {
    const file = join(directory, name);
    if (await exists(file)) throw new InitError(`${file} is there already: remove it, or name another folder`);
  }
}

/** Writes the project's file, and a README where there is none. Nothing that exists is overwritten. */
export async function writeProject(directory: string, config: ModelConfig, readme: string): Promise<Written> {
  await mkdir(directory, { recursive: true });
  const [name, text] = isInside(directory)
    ? [projectFileNames[0], toTypeScript(directory, config)]
    : [projectFileNames[1], `${JSON.stringify(config, null, 2)}\n`];
  const file = join(directory, name);
  await writeFile(file, text, { flag: 'wx' });
  const readmeFile = join(directory, 'README.md');
  const wroteReadme = !(await exists(readmeFile));
  if (wroteReadme) await writeFile(readmeFile, readme, { flag: 'wx' });
  return { file, wroteReadme };
}

/** Only files of this package may import its TypeScript: Node refuses that of a folder which is no module package. */
function isInside(directory: string): boolean {
  const path = relative(root, directory);
  return path !== '' && !path.startsWith('..') && !path.includes(':');
}

function toTypeScript(directory: string, config: ModelConfig): string {
  const path = relative(directory, defineModelFile).split(sep).join('/');
  const fields = JSON.stringify(config, null, 2)
    .replaceAll(/^( *)"(\w+)":/gm, '$1$2:')
    .replaceAll(/([^,{[])\n/g, '$1,\n');
  return `import { defineModel } from '${path}';\n\nexport default defineModel(${fields});\n`;
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
