import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Writes a certificate of its own issuer, for a name that no address here has, and its key. */
export async function writeCertificate(folder: string): Promise<{ certPath: string; keyPath: string; cert: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'incumbent.test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  const [certPath, keyPath] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(certPath, cert);
  await writeFile(keyPath, key, { mode: 0o600 });
  return { certPath, keyPath, cert };
}
