import { z } from 'zod';
import type { CallOptions, Transport } from './transport.ts';

/** Sends what changes nothing when it is repeated, and whose answer says nothing. */
export type Write = (
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body: unknown,
  options?: CallOptions,
) => Promise<void>;

const nothing = z.unknown();

export function createWrite({ call }: Transport): Write {
  return async (method, path, body, options) => {
    await call({ method, path, body, answer: nothing, isRepeatable: true }, options);
  };
}
