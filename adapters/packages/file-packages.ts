import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DriftReference } from '../../domain/monitoring/reference.ts';
import type { ModelPackages } from '../ports/model-packages.ts';
import type { Signature } from '../ports/model-runtime.ts';

const signatureFile = 'signature.json';
const referenceFile = 'reference.json';

async function readJson<T>(packageDirectory: string, file: string): Promise<T> {
  const path = join(packageDirectory, file);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (cause) {
    throw new Error(`${path} can't be read: the model package is incomplete, train it again`, { cause });
  }
}

/** Model packages as folders of files. */
export function createFilePackages(): ModelPackages {
  return {
    readSignature: (packageDirectory) => readJson<Signature>(packageDirectory, signatureFile),
    readReference: (packageDirectory) => readJson<DriftReference>(packageDirectory, referenceFile),
    writeReference: (packageDirectory, reference) =>
      writeFile(join(packageDirectory, referenceFile), JSON.stringify(reference)),
  };
}
