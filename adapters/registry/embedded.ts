import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { noAliases, type Aliases } from '../../domain/lifecycle/aliases.ts';
import { syncDirectory, writeDurably } from '../files/durable.ts';
import { isModelName } from '../files/names.ts';
import { RegistryError, type Registry, type VersionInfo } from '../ports/registry.ts';
import { noTrust, type PackageTrust } from './keys.ts';
import { publishVersion, writeRecord, type VersionRecord } from './publish.ts';
import { namesOf, packageRemoved, refuseInUse } from './removed.ts';
import { signPackage, verifyPackage } from './seal.ts';
import { listNames } from './version-names.ts';

export interface EmbeddedRegistryOptions {
  readonly directory: string;
  /** @default nobody signs, and nothing must be signed */
  readonly trust?: PackageTrust;
}

/**
 * A registry of files: `<model>/versions/<n>/` holds a sealed package, `<model>/aliases.json` the aliases. What
 * is written is synced before it is renamed into place, so that a crash leaves the old state or the new.
 */
export async function openEmbeddedRegistry({ directory, trust = noTrust }: EmbeddedRegistryOptions): Promise<Registry> {
  const root = resolve(directory);
  await mkdir(root, { recursive: true });
  const { modelDirectory, versionDirectory } = layOut(root);
  const getVersion = async (model: string, version: string): Promise<VersionInfo> =>
    toInfo(model, version, await readRecord(versionDirectory(model, version), model, version));

  const verified = async (model: string, version: string, whom: PackageTrust): Promise<string> => {
    const home = versionDirectory(model, version);
    const { manifestSha256, removedAtMs } = await readRecord(home, model, version);
    if (removedAtMs !== undefined) throw packageRemoved(model, version, removedAtMs);
    const packageDirectory = join(home, 'package');
    await verifyPackage(packageDirectory, { model, version, manifestSha256 }, whom);
    return packageDirectory;
  };

  const getAliases = async (model: string): Promise<Aliases> => {
    const text = await readIfThere(join(modelDirectory(model), 'aliases.json'));
    return text === null ? noAliases : { ...noAliases, ...(JSON.parse(text) as Partial<Aliases>) };
  };

  return {
    async register(request) {
      const version = await publishVersion(modelDirectory(request.model), request, trust.signer);
      return await getVersion(request.model, version);
    },
    getVersion,
    async listVersions(model) {
      const names = await listNames(join(modelDirectory(model), 'versions'));
      const aliases = await getAliases(model);
      const versions = await Promise.all(names.map((version) => getVersion(model, version)));
      return versions.map((one) => ({ ...one, aliases: namesOf(one.version, aliases) }));
    },
    fetchPackage: (model, version) => verified(model, version, trust),
    async signVersion(model, version, signer) {
      await signPackage(await verified(model, version, noTrust), signer);
    },
    async removePackage(model, version) {
      const home = versionDirectory(model, version);
      const record = await readRecord(home, model, version);
      refuseInUse(model, version, namesOf(version, await getAliases(model)));
      await removeFiles(home, record);
    },
    getAliases,
    async setAlias(model, alias, version) {
      const { removedAtMs } = version === null ? { removedAtMs: null } : await getVersion(model, version);
      if (version !== null && removedAtMs !== null) throw packageRemoved(model, version, removedAtMs);
      const aliases = { ...(await getAliases(model)), [alias]: version };
      await writeDurably(join(modelDirectory(model), 'aliases.json'), JSON.stringify(aliases));
    },
    listModels: () => listFolders(root),
  };
}

/** Folders of models and versions; throws for names that could lead elsewhere. */
function layOut(root: string) {
  const modelDirectory = (model: string): string => {
    if (isModelName(model)) return join(root, model);
    throw new RegistryError('name-invalid', `"${model}" is no model name: lower-case letters, digits and "-" only`);
  };
  const versionDirectory = (model: string, version: string): string => {
    const isNumber = /^[1-9]\d*$/.test(version);
    if (isNumber) return join(modelDirectory(model), 'versions', version);
    throw new RegistryError('version-not-found', `"${version}" is no version of ${model}: versions are 1, 2, 3 …`);
  };
  return { modelDirectory, versionDirectory };
}

async function listFolders(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && isModelName(entry.name)).map(({ name }) => name);
}

/** It counts as removed when nothing is left of it: a removal that broke off is found again. */
async function removeFiles(home: string, record: VersionRecord): Promise<void> {
  await rm(join(home, 'package'), { recursive: true, force: true });
  await syncDirectory(home);
  if (record.removedAtMs === undefined) await writeRecord(home, { ...record, removedAtMs: Date.now() });
}

async function readRecord(home: string, model: string, version: string): Promise<VersionRecord> {
  const text = await readIfThere(join(home, 'version.json'));
  if (text === null) throw new RegistryError('version-not-found', `${model} has no version ${version}`);
  return JSON.parse(text) as VersionRecord;
}

function toInfo(model: string, version: string, record: VersionRecord): VersionInfo {
  const { createdAtMs, tags, manifestSha256, removedAtMs = null } = record;
  return { model, version, createdAtMs, tags, manifestSha256, removedAtMs };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
