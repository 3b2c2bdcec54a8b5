import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'winston';

export interface TlsFiles {
  /** PEM: the certificate, then those of its issuers. */
  readonly certPath: string;
  readonly keyPath: string;
}

export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
}

/** Certificate and key from files that are renewed while the service runs. */
export interface Tls {
  current(): TlsMaterial;
  /** Lets new connections see a renewed certificate; those that are open go on. */
  follow(server: Server): void;
  stop(): void;
}

/** Throws an Error that names the file when there is no pair that fits. */
export async function openTls(files: TlsFiles, logger: Logger, pollMs = 5_000): Promise<Tls> {
  let material = await readPair(files);
  const servers: Server[] = [];
  let lastProblem = '';
  const renew = async (): Promise<void> => {
    try {
      const next = await readPair(files);
      lastProblem = '';
      if (next.cert === material.cert && next.key === material.key) return;
      material = next;
      for (const server of servers) server.setSecureContext({ ...material });
      logger.info(`a new certificate serves, valid until ${new X509Certificate(material.cert).validTo}`);
    } catch (error) {
      if (String(error) !== lastProblem) logger.error('the old certificate goes on serving', { error });
      lastProblem = String(error);
    }
  };
  const timer = setInterval(() => void renew(), pollMs).unref();
  return {
    current: () => material,
    follow: (server) => void servers.push(server),
    stop: () => clearInterval(timer),
  };
}

/** Two files are never renewed at once: what doesn't fit together is not taken, now. */
async function readPair({ certPath, keyPath }: TlsFiles): Promise<TlsMaterial> {
  const [cert, key] = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')]);
  try {
    // A file that is being written may be empty, which a secure context would take for no certificate at all.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('the key is another one');
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${certPath} and ${keyPath} are no certificate with its key: ${why}`, { cause });
  }
}
