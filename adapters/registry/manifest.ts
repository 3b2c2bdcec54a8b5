import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RegistryError } from '../ports/registry.ts';

/** Every file of a package with its size in bytes and SHA-256, sorted by path. */
export type Manifest = Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;

/** Of a package: what its files must be, and who says so. Neither is listed in the manifest. */
export const manifestFile = 'manifest.json';
export const manifestSignatureFile = 'manifest.signature.json';

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function listFiles(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const file = relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/');
      if (entry.isFile()) return file;
      throw new RegistryError('package-invalid', `${file} in ${directory} is a link or a device: packages hold files`);
    });
  return files.filter((file) => file !== manifestFile && file !== manifestSignatureFile).sort();
}

export async function makeManifest(directory: string): Promise<Manifest> {
  const files = await listFiles(directory);
  const entries = await Promise.all(
    files.map(async (file) => {
      const content = await readFile(join(directory, file));
      return [file, { bytes: content.length, sha256: sha256(content) }] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** Throws a RegistryError `package-altered` that names the first file which is not as it was registered. */
export async function verifyManifest(directory: string, expected: Manifest, version: string): Promise<void> {
  const found = await makeManifest(directory);
  for (const file of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const what = difference(expected[file], found[file]);
    if (what === null) continue;
    const advice = 'restore it from a backup, or roll back to another version';
    throw new RegistryError('package-altered', `${version}: ${file} ${what} since it was registered; ${advice}`);
  }
}

function difference(expected: Manifest[string] | undefined, found: Manifest[string] | undefined): string | null {
  if (expected === undefined) return 'was added';
  if (found === undefined) return 'has gone missing';
  return expected.sha256 === found.sha256 ? null : 'was altered';
}
