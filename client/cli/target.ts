import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { ClientError } from '../errors.ts';
import type { IncumbentClient } from '../incumbent-client.ts';

/** Options that every command but `start` has. */
export interface TargetOptions {
  readonly home: string;
  readonly address?: string;
  readonly namespace?: string;
  readonly json: boolean;
}

export const defaultHome = '.incumbent';

/** Does something with a client, on the server that was named, that `incumbent start` left word of, or that TEMPORAL_* name. */
export async function withClient<T>(options: TargetOptions, work: (client: IncumbentClient) => Promise<T>): Promise<T> {
  const { findRunning } = await import('../start/home.ts');
  const { connect } = await import('../connection.ts');
  const { createIncumbentClient } = await import('../incumbent-client.ts');
  const running = options.address === undefined ? await findRunning(resolve(options.home)) : null;
  const address = options.address ?? running?.temporalAddress;
  const temporal = await connect({
    ...(address === undefined ? {} : { address }),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  });
  try {
    return await work(createIncumbentClient(temporal));
  } finally {
    await temporal.connection.close();
  }
}

/** The model that was named, or the only one there is. */
export async function chooseModel(client: IncumbentClient, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const models = await client.listModels();
  const [only] = models;
  if (only !== undefined && models.length === 1) return only;
  const found =
    models.length === 0 ? 'there is none: start one with `incumbent start`' : `name one of ${models.join(', ')}`;
  throw new ClientError('no-lifecycle', `which model? ${found}`);
}

export function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
