import { setTimeout as sleep } from 'node:timers/promises';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'winston';

export interface ServerConnection {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

const retryEveryMs = 2_000;

/**
 * Connects as TEMPORAL_* variables or the profile file say, else to the local dev server. Without a server it keeps trying
 * and says so: a worker is often up before its server.
 */
export async function connectToServer(logger: Logger, stopped: AbortSignal): Promise<ServerConnection> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = connectionOptions.address ?? 'localhost:7233';
  for (;;) {
    try {
      const connection = await NativeConnection.connect({ ...connectionOptions, address });
      return { connection, namespace: namespace === undefined || namespace === '' ? 'default' : namespace };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn(`no Temporal server at ${address}: trying again every ${retryEveryMs / 1000} s`, { reason });
      await sleep(retryEveryMs, undefined, { signal: stopped });
    }
  }
}
