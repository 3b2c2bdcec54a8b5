import { z } from 'zod';
import { scopes } from './scopes.ts';

export const scopeSchema = z.enum(scopes);

/** One API key as it is kept: never the key itself. */
const keyRecordSchema = z.object({
  id: z.string().regex(/^[a-z0-9]{10}$/),
  name: z.string().min(1).max(100),
  scopes: z.array(scopeSchema).min(1),
  /** HMAC-SHA-256 of the key's secret under the home's own secret, in hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  createdAtMs: z.number(),
  createdBy: z.string(),
  /** Null: never. */
  expiresAtMs: z.number().nullable(),
  revokedAtMs: z.number().nullable(),
});

export const keyFileSchema = z.object({ keys: z.array(keyRecordSchema) });

export type KeyRecord = z.infer<typeof keyRecordSchema>;
