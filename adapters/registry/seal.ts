import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../files/durable.ts';
import { RegistryError, type Signer } from '../ports/registry.ts';
import type { PackageTrust } from './keys.ts';
import {
  makeManifest,
  manifestFile,
  manifestSignatureFile,
  sha256,
  verifyManifest,
  type Manifest,
} from './manifest.ts';

/** `manifest.json`. The model is in it so that one model's package can't stand in for another's. */
interface SealedManifest {
  readonly format: 1;
  readonly model: string;
  readonly files: Manifest;
}

/** `manifest.signature.json`: of the bytes of `manifest.json`. */
interface ManifestSignature {
  readonly algorithm: 'ed25519';
  readonly keyId: string;
  /** Base64. */
  readonly signature: string;
}

/**
 * Writes into a package what its files are, signed where there is a signer, in place of any earlier seal. SHA-256 of the manifest, which
 * is the identity of the package. Throws a RegistryError `package-invalid` where there is nothing to seal.
 */
export async function sealPackage(directory: string, model: string, signer: Signer | null): Promise<string> {
  const files = await makeManifest(directory);
  if (Object.keys(files).length === 0) throw new RegistryError('package-invalid', `the package ${directory} is empty`);
  const text = `${JSON.stringify({ format: 1, model, files } satisfies SealedManifest, null, 2)}\n`;
  await rm(join(directory, manifestSignatureFile), { force: true });
  await writeDurably(join(directory, manifestFile), text);
  if (signer !== null) await signPackage(directory, signer);
  return sha256(text);
}

/** Signs the manifest of a sealed package, in place of any earlier signature. */
export async function signPackage(directory: string, signer: Signer): Promise<void> {
  await writeDurably(join(directory, manifestSignatureFile), await makeSignature(directory, signer));
}

/** What `manifest.signature.json` of a sealed package must say; writes nothing. */
export async function makeSignature(directory: string, signer: Signer): Promise<string> {
  const signature = signer.sign(await readFile(join(directory, manifestFile)));
  const signed: ManifestSignature = { algorithm: 'ed25519', keyId: signer.keyId, signature };
  return `${JSON.stringify(signed, null, 2)}\n`;
}

export interface SealedVersion {
  readonly model: string;
  readonly version: string;
  /** As the registry recorded it when the version was registered. */
  readonly manifestSha256: string;
}

/**
 * Every reader of a package comes through here. Throws a RegistryError: `package-untrusted` where signing is on and no trusted key
 * has signed, `package-altered` where a file is not what was registered.
 */
export async function verifyPackage(directory: string, sealed: SealedVersion, trust: PackageTrust): Promise<void> {
  const name = `${sealed.model} version ${sealed.version}`;
  const text = await readSealFile(directory, manifestFile);
  if (text === null) throw altered(name, `${manifestFile} has gone missing`);
  if (trust.trustedKeys.length > 0) await verifySignature(directory, text, name, trust);
  if (sha256(text) !== sealed.manifestSha256) throw altered(name, `${manifestFile} was altered`);
  const { model, files } = JSON.parse(text.toString('utf8')) as SealedManifest;
  if (model !== sealed.model) throw altered(name, `${manifestFile} was made for the model "${model}"; it was put here`);
  await verifyManifest(directory, files, name);
}

async function verifySignature(
  directory: string,
  manifest: Buffer,
  name: string,
  { trustedKeys }: PackageTrust,
): Promise<void> {
  const text = await readSealFile(directory, manifestSignatureFile);
  if (text === null) {
    const advice = 'sign it (`incumbent keys sign`) if it is yours, or take another version';
    throw new RegistryError('package-untrusted', `${name} is not signed, and signing is on; ${advice}`);
  }
  const { keyId, signature } = parseSignature(text.toString('utf8'));
  const key = trustedKeys.find((one) => one.keyId === keyId);
  if (key === undefined) {
    const trusted = trustedKeys.map((one) => one.keyId).join(', ');
    const advice = `trusted are ${trusted}; if it is a key of yours, add its public half to INCUMBENT_TRUSTED_KEYS`;
    throw new RegistryError(
      'package-untrusted',
      `${name} is signed with the key ${keyId}, which is not trusted; ${advice}`,
    );
  }
  if (key.verify(manifest, signature)) return;
  const what = `the signature of ${manifestFile} is not that of the key ${keyId}`;
  const advice = 'the package was altered or the signature forged: restore it from a backup';
  throw new RegistryError('package-untrusted', `${name}: ${what}; ${advice}`);
}

/** A file that is no signature names no key. */
function parseSignature(text: string): Pick<ManifestSignature, 'keyId' | 'signature'> {
  try {
    const { keyId, signature } = JSON.parse(text) as Partial<ManifestSignature>;
    return { keyId: String(keyId), signature: String(signature) };
  } catch {
    return { keyId: '(unreadable)', signature: '' };
  }
}

function altered(name: string, what: string): RegistryError {
  const advice = 'restore it from a backup, or roll back to another version';
  return new RegistryError('package-altered', `${name}: ${what} since it was registered; ${advice}`);
}

async function readSealFile(directory: string, file: string): Promise<Buffer | null> {
  try {
    return await readFile(join(directory, file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
