import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMlflowError, type MlflowClient } from 'mlflow-js-client';
import { temporaryName } from '../../files/durable.ts';
import { RegistryError, type Signer } from '../../ports/registry.ts';
import { noTrust, type PackageTrust } from '../keys.ts';
import { manifestFile, manifestSignatureFile, sha256 as hashOf, type Manifest } from '../manifest.ts';
import { makeSignature, verifyPackage, type SealedVersion } from '../seal.ts';

/** Where the files of a version are. */
export interface RemotePackage extends SealedVersion {
  /** Asked for when the package is not here yet. */
  readonly artifactUri: () => Promise<string>;
}

/** The package of a version in a local folder, fetched once, and verified each time: a copy is as good as what it is checked against. */
export async function fetchVerified(
  client: MlflowClient,
  directory: string,
  remote: RemotePackage,
  trust: PackageTrust,
): Promise<string> {
  const { model, version, manifestSha256 } = remote;
  const folder = folderOf(directory, model, version, manifestSha256);
  if (!(await isThere(folder))) {
    await fetchInto(client, folder, remote, trust);
    return folder;
  }
  try {
    await verifyPackage(folder, remote, trust).catch(async (error: unknown) => {
      if (!(error instanceof RegistryError && error.code === 'package-untrusted')) throw error;
      // Signing changes nothing but the signature: it may have been signed since.
      await refreshSignature(client, folder, await remote.artifactUri());
      await verifyPackage(folder, remote, trust);
    });
    return folder;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new RegistryError(
      error.code,
      `${error.message}. This is the local copy in ${folder}: delete it to fetch it anew`,
    );
  }
}

/**
 * The copy of a version that was fetched before, for when the server can't be asked: as its manifest and the name of its folder say, and
 * its signature where signing is on. Null where there is none, or several.
 */
export async function findLocalCopy(
  directory: string,
  model: string,
  version: string,
  trust: PackageTrust,
): Promise<string | null> {
  const [name, another] = await listCopies(directory, model, version);
  if (name === undefined || another !== undefined) return null;
  const folder = join(directory, model, name);
  const manifestSha256 = hashOf(await readFile(join(folder, manifestFile)));
  if (folder !== folderOf(directory, model, version, manifestSha256)) return null;
  await verifyPackage(folder, { model, version, manifestSha256 }, trust);
  return folder;
}

/** Copies on other machines stay until somebody removes them there. */
export async function removeLocalCopies(directory: string, model: string, version: string): Promise<void> {
  for (const name of await listCopies(directory, model, version))
    await rm(join(directory, model, name), { recursive: true, force: true });
}

async function listCopies(directory: string, model: string, version: string): Promise<readonly string[]> {
  const names = await readdir(join(directory, model)).catch(() => []);
  return names.filter((one) => new RegExp(`^${version}-[0-9a-f]{16}$`).test(one));
}

function folderOf(directory: string, model: string, version: string, manifestSha256: string): string {
  return join(directory, model, `${version}-${manifestSha256.slice(0, 16)}`);
}

/** Signs a version where it is kept, in place of any other signature; readers take the signature over when theirs doesn't do. */
export async function signRemote(
  client: MlflowClient,
  directory: string,
  remote: RemotePackage,
  signer: Signer,
): Promise<void> {
  const folder = await fetchVerified(client, directory, remote, noTrust);
  const uri = `${await remote.artifactUri()}/${manifestSignatureFile}`;
  await client.artifacts.upload(uri, await makeSignature(folder, signer));
}

async function refreshSignature(client: MlflowClient, folder: string, uri: string): Promise<void> {
  const draft = temporaryName(folder);
  try {
    await downloadSignature(client, uri, draft);
    await rename(draft, join(folder, manifestSignatureFile)).catch(ignoreMissing);
  } finally {
    await rm(draft, { force: true });
  }
}

async function downloadSignature(client: MlflowClient, uri: string, file: string): Promise<void> {
  await client.artifacts.download(`${uri}/${manifestSignatureFile}`, file).catch((error: unknown) => {
    if (!isMlflowError(error, 'RESOURCE_DOES_NOT_EXIST')) throw error;
  });
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

/** The folder appears when it is whole and verified, and not before. */
async function fetchInto(
  client: MlflowClient,
  folder: string,
  remote: RemotePackage,
  trust: PackageTrust,
): Promise<void> {
  const draft = temporaryName(folder);
  try {
    await download(client, await remote.artifactUri(), draft, remote);
    await verifyPackage(draft, remote, trust);
    await mkdir(dirname(folder), { recursive: true });
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error; // else another process was first, with the same content
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function download(client: MlflowClient, uri: string, draft: string, remote: RemotePackage): Promise<void> {
  const name = `${remote.model} version ${remote.version}`;
  const text = await inWords(
    name,
    manifestFile,
    client.artifacts.read(`${uri}/${manifestFile}`, { sha256: remote.manifestSha256 }),
  );
  const { files } = JSON.parse(Buffer.from(text).toString('utf8')) as { files: Manifest };
  await inWords(name, manifestFile, client.artifacts.download(`${uri}/${manifestFile}`, join(draft, manifestFile)));
  for (const [file, { sha256 }] of Object.entries(files)) {
    await inWords(name, file, client.artifacts.download(`${uri}/${file}`, join(draft, file), { sha256 }));
  }
  await downloadSignature(client, uri, join(draft, manifestSignatureFile));
}

async function inWords<T>(name: string, file: string, work: Promise<T>): Promise<T> {
  return await work.catch((cause: unknown) => {
    const advice = "restore it among MLflow's artifacts, or roll back to another version";
    const what = isMlflowError(cause, 'CHECKSUM_MISMATCH')
      ? 'was altered'
      : isMlflowError(cause, 'RESOURCE_DOES_NOT_EXIST')
        ? 'has gone missing'
        : null;
    if (what === null) throw cause;
    throw new RegistryError('package-altered', `${name}: ${file} ${what} since it was registered; ${advice}`, {
      cause,
    });
  });
}

async function isThere(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => null)) !== null;
}
