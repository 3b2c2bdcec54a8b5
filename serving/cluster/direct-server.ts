import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { FastifyInstance } from 'fastify';
import type { Security } from '../security/open-security.ts';

/** A second way to one process, whose first one it shares with others. */
export interface DirectServer {
  readonly port: number;
  close(): Promise<void>;
}

/** The same routes and guards at a port of this process alone: whoever calls it knows who answers. */
export async function listenDirectly(
  app: FastifyInstance,
  host: string,
  tls: Security['tls'] | null,
): Promise<DirectServer> {
  const handle = app.routing.bind(app) as Parameters<typeof createServer>[1];
  const server: Server | SecureServer =
    tls === null ? createServer(handle) : createSecureServer({ ...tls.current(), minVersion: 'TLSv1.2' }, handle);
  if (tls !== null) tls.follow(server as SecureServer);
  // Without `exclusive` the workers of a cluster would share this port, too.
  server.listen({ host, port: 0, exclusive: true });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}
