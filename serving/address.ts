import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The URL under which others reach a server bound to `host`: a wildcard is no address that one can call. */
export function toReachableUrl(host: string, port: number, isTls = false): string {
  const address = host === '0.0.0.0' || host === '::' ? firstExternalAddress() : host;
  return `${isTls ? 'https' : 'http'}://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

function firstExternalAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}
