import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ClientError } from './errors.ts';

export interface ConnectOptions {
  /** host:port of the Temporal server; else as TEMPORAL_* variables or the profile file say. */
  readonly address?: string;
  readonly namespace?: string;
}

/** Reconnects within a second of a server's restart; gRPC's own defaults take ten. */
const channelArgs = {
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.use_local_subchannel_pool': 1,
};

/** Throws a ClientError `no-server` where nothing answers. */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const configured = loadClientConnectConfig();
  const address = options.address ?? configured.connectionOptions.address ?? 'localhost:7233';
  const chosen = [options.namespace, configured.namespace].find((name) => name !== undefined && name !== '');
  try {
    const connection = await Connection.connect({
      ...configured.connectionOptions,
      address,
      channelArgs,
      connectTimeout: '5s',
    });
    return new Client({ connection, namespace: chosen ?? 'default' });
  } catch (cause) {
    throw new ClientError('no-server', `no Temporal server answers at ${address}: is \`incumbent start\` running?`, {
      cause,
    });
  }
}
