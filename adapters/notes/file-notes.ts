import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../files/durable.ts';
import { isModelName } from '../files/names.ts';
import type { Notes } from '../ports/notes.ts';

/** The models that have a note. */
export async function listNoted(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.flatMap((name) => /^([^.]+)\.json$/.exec(name)?.[1] ?? []).filter(isModelName);
}

/** Notes as one JSON file per model. */
export function openNotes<T>(directory: string): Notes<T> {
  const fileOf = (model: string): string => {
    if (isModelName(model)) return join(directory, `${model}.json`);
    throw new Error(`"${model}" is no model name: lower-case letters, digits and "-" only`);
  };
  return {
    async read(model) {
      try {
        return JSON.parse(await readFile(fileOf(model), 'utf8')) as T;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    write: (model, value) => writeDurably(fileOf(model), JSON.stringify(value)),
  };
}
