import { z } from 'zod';

/** Unset and empty are the same. */
const text = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());

const storeSchema = z.object({
  INCUMBENT_STORE_URL: text.pipe(
    z
      .string()
      .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]+(\/[\w./=-]*)?$/, 'write s3://bucket/folder')
      .optional(),
  ),
  INCUMBENT_DUCKDB_HTTPFS: text,
  AWS_ENDPOINT_URL_S3: text,
  AWS_ENDPOINT_URL: text,
  AWS_REGION: text,
  AWS_DEFAULT_REGION: text,
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: text,
});

/** A folder of a bucket, and how to get there. */
export interface StoreLocation {
  /** `s3://bucket/folder`. */
  readonly url: string;
  /** Base URL of the server; AWS's own for the region where it is null. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  /** DuckDB's signed extension `httpfs`; null asks DuckDB for one that is installed. */
  readonly extension: string | null;
}

/**
 * Where sealed segments go; null: to the home directory. Throws an Error that names what is missing.
 *
 * @param extension path of DuckDB's httpfs that set-up has provided; null where it has not
 */
export function readStoreLocation(
  extension: string | null,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): StoreLocation | null {
  const parsed = storeSchema.safeParse(variables);
  if (!parsed.success)
    throw new Error(`INCUMBENT_STORE_URL is "${variables['INCUMBENT_STORE_URL']}": write s3://bucket/folder`);
  const { data } = parsed;
  if (data.INCUMBENT_STORE_URL === undefined) return null;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = data;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new Error('INCUMBENT_STORE_URL is set: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, too');
  }
  return {
    url: data.INCUMBENT_STORE_URL,
    endpoint: data.AWS_ENDPOINT_URL_S3 ?? data.AWS_ENDPOINT_URL ?? null,
    region: data.AWS_REGION ?? data.AWS_DEFAULT_REGION ?? 'us-east-1',
    accessKeyId,
    secretAccessKey,
    sessionToken: data.AWS_SESSION_TOKEN ?? null,
    extension: data.INCUMBENT_DUCKDB_HTTPFS ?? extension,
  };
}
