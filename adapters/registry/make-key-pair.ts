import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { keyIdOf } from './keys.ts';

export interface KeyPairFiles {
  readonly keyId: string;
  readonly privateFile: string;
  readonly publicFile: string;
}

/** Makes an ed25519 pair in a folder, the private half for its owner's eyes only. Never overwrites one. */
export async function makeKeyPair(directory: string): Promise<KeyPairFiles> {
  const folder = resolve(directory);
  const privateFile = join(folder, 'incumbent-signing.key');
  const publicFile = join(folder, 'incumbent-signing.pub');
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeNew(privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  await writeNew(publicFile, publicKey.export({ type: 'spki', format: 'pem' }), 0o644);
  return { keyId: keyIdOf(publicKey), privateFile, publicFile };
}

async function writeNew(path: string, content: string | Buffer, mode: number): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx', mode, flush: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new Error(`${path} is there already, and a key is never overwritten: name another folder`, { cause });
  }
}
