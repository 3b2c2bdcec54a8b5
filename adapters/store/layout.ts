import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isModelName } from '../files/names.ts';

/** Kinds of records in the log of a model. */
export type RecordKind = 'predictions' | 'labels' | 'contradictions';

export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

export function modelDirectory(root: string, model: string): string {
  if (isModelName(model)) return join(root, model);
  throw new StoreError(`"${model}" is no model name: lower-case letters, digits and "-" only`);
}

/** Segments that are being written, or wait to be sealed. */
export function openDirectory(root: string, model: string, kind: RecordKind): string {
  return join(modelDirectory(root, model), kind, 'open');
}

export function sealedDirectory(root: string, model: string, kind: RecordKind): string {
  return join(modelDirectory(root, model), kind, 'sealed');
}

/** Segment files of one kind. A segment that is in both forms counts once, as Parquet: it is about to lose the other. */
export async function listSegments(
  root: string,
  model: string,
  kind: RecordKind,
): Promise<{ readonly open: readonly string[]; readonly sealed: readonly string[] }> {
  // Open first: a segment that is sealed between the two looks is then seen twice, never not at all.
  const open = await listStems(openDirectory(root, model, kind), '.ndjson');
  const sealed = await listStems(sealedDirectory(root, model, kind), '.parquet');
  const known = new Set(sealed);
  return {
    open: open
      .filter((stem) => !known.has(stem))
      .map((stem) => join(openDirectory(root, model, kind), `${stem}.ndjson`)),
    sealed: sealed.map((stem) => join(sealedDirectory(root, model, kind), `${stem}.parquet`)),
  };
}

async function listStems(directory: string, extension: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith(extension))
    .map((name) => name.slice(0, -extension.length))
    .sort();
}
