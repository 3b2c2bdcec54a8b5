import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Signer } from '../ports/registry.ts';

export interface TrustedKey {
  readonly keyId: string;
  verify(content: Uint8Array, signatureBase64: string): boolean;
}

/** Who signs, and whose signatures count. Signing is on for readers that trust any key. */
export interface PackageTrust {
  readonly signer: Signer | null;
  readonly trustedKeys: readonly TrustedKey[];
}

export const noTrust: PackageTrust = { signer: null, trustedKeys: [] };

/** The first half of the SHA-256 of the public key's DER, in hexadecimal digits. */
export function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 32);
}

export function toSigner(privateKey: KeyObject): Signer {
  return {
    keyId: keyIdOf(createPublicKey(privateKey)),
    sign: (content) => sign(null, content, privateKey).toString('base64'),
  };
}

export function toTrustedKey(publicKey: KeyObject): TrustedKey {
  return {
    keyId: keyIdOf(publicKey),
    verify: (content, signatureBase64) => verify(null, content, publicKey, Buffer.from(signatureBase64, 'base64')),
  };
}

/** Reads a private key (PEM, PKCS 8, ed25519). Refuses a file that others than its owner may read. */
export async function readSigner(path: string): Promise<Signer> {
  const fail = (what: string, cause?: unknown): Error => new Error(`the signing key ${path} ${what}`, { cause });
  const { mode } = await stat(path).catch((cause: unknown) => {
    throw fail('can not be read: make a pair with `incumbent keys new <dir>`', cause);
  });
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    const found = (mode & 0o777).toString(8);
    throw fail(`may be read by others (mode ${found}): say \`chmod 600 ${path}\`, and replace it if it was shared`);
  }
  const key = parseKey(createPrivateKey, await readFile(path, 'utf8'), (cause) =>
    fail('is no private key in PEM (PKCS 8)', cause),
  );
  if (key.asymmetricKeyType !== 'ed25519') throw fail(`is of the type ${key.asymmetricKeyType}: it must be ed25519`);
  return toSigner(key);
}

const publicBlock = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g;

/** Reads public keys (PEM, ed25519) from files, each of one or more. */
export async function readTrustedKeys(paths: readonly string[]): Promise<readonly TrustedKey[]> {
  return (await Promise.all(paths.map(readKeysOf))).flat();
}

async function readKeysOf(path: string): Promise<readonly TrustedKey[]> {
  const fail = (what: string, cause?: unknown): Error => new Error(`the trusted key ${path} ${what}`, { cause });
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fail('can not be read', cause);
  });
  if (text.includes('PRIVATE KEY'))
    throw fail('is a private key: give the public half (.pub), and keep that one secret');
  const blocks = text.match(publicBlock) ?? [];
  if (blocks.length === 0) throw fail('holds no public key in PEM');
  return blocks.map((block) => {
    const key = parseKey(createPublicKey, block, (cause) => fail('holds a key that can not be parsed', cause));
    if (key.asymmetricKeyType !== 'ed25519') throw fail(`is of the type ${key.asymmetricKeyType}: it must be ed25519`);
    return toTrustedKey(key);
  });
}

function parseKey(parse: (text: string) => KeyObject, text: string, fail: (cause: unknown) => Error): KeyObject {
  try {
    return parse(text);
  } catch (cause) {
    throw fail(cause);
  }
}
