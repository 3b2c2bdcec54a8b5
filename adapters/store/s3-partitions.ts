import type { DuckDBConnection } from '@duckdb/node-api';
import { AwsClient } from 'aws4fetch';
import type { StoreLocation } from '../../config/store-location.ts';
import { asTexts, queryColumns, quoteText } from '../duckdb/columns.ts';
import { checkModelName, StoreError, type RecordKind } from './layout.ts';
import { dateOfStem, type Partitions } from './partitions.ts';
import { parseTombstone, tombstoneName } from './tombstones.ts';

/** Sealed segments in a bucket: `<url>/<model>/<kind>/sealed/date=YYYY-MM-DD/<segment>.parquet`. An upload is seen whole or not at all. */
export async function openS3Partitions(connection: DuckDBConnection, location: StoreLocation): Promise<Partitions> {
  await connectToS3(connection, location);
  const base = location.url.replace(/\/+$/, '');

  const folder = (model: string, kind: RecordKind, state: 'sealed' | 'removed'): string => {
    checkModelName(model);
    return `${base}/${model}/${kind}/${state}`;
  };
  const glob = async (pattern: string): Promise<readonly string[]> => {
    const sql = `SELECT file FROM glob(${quoteText(pattern)}) ORDER BY 1`;
    const { columns } = await ask(location, () => queryColumns(connection, sql));
    return asTexts(columns[0]).map(String);
  };
  return {
    async list(model, kind) {
      return (await glob(`${folder(model, kind, 'sealed')}/*/*.parquet`)).flatMap((path) => {
        const [, date, stem] = /\/date=([\d-]+)\/([^/]+)\.parquet$/.exec(path) ?? [];
        return date === undefined || stem === undefined ? [] : [{ path, date, stem }];
      });
    },
    async write(model, kind, stem, copyTo) {
      await ask(location, () => copyTo(`${folder(model, kind, 'sealed')}/date=${dateOfStem(stem)}/${stem}.parquet`));
    },
    remove: ({ path }) => request(location, path, 'DELETE'),
    async listRemoved(model, kind) {
      const paths = await glob(`${folder(model, kind, 'removed')}/*`);
      return paths.flatMap((path) => parseTombstone(path.slice(path.lastIndexOf('/') + 1)) ?? []);
    },
    markRemoved: (model, kind, tombstone) =>
      request(location, `${folder(model, kind, 'removed')}/${tombstoneName(tombstone)}`, 'PUT'),
  };
}

async function connectToS3(connection: DuckDBConnection, location: StoreLocation): Promise<void> {
  const { extension, endpoint, region, accessKeyId, secretAccessKey, sessionToken } = location;
  try {
    await connection.run(`LOAD ${extension === null ? 'httpfs' : quoteText(extension)}`);
  } catch (cause) {
    const todo = 'run `npm run setup -- --with s3`, or set INCUMBENT_DUCKDB_HTTPFS to the extension';
    throw new StoreError(`a store on S3 needs DuckDB's extension httpfs, which can't be loaded: ${todo}`, { cause });
  }
  const server = endpoint === null ? null : new URL(endpoint);
  const options = [
    ['KEY_ID', accessKeyId],
    ['SECRET', secretAccessKey],
    ['REGION', region],
    ...(sessionToken === null ? [] : [['SESSION_TOKEN', sessionToken]]),
    ...(server === null ? [] : [['ENDPOINT', server.host], ['URL_STYLE', 'path'], ['USE_SSL', String(server.protocol === 'https:')]]), // prettier-ignore
  ];
  const said = options.map(([name, value]) => `${name} ${quoteText(value!)}`).join(', ');
  await connection.run(`CREATE OR REPLACE SECRET incumbent_store (TYPE s3, ${said})`);
}

/** Says which store it is that fails. */
async function ask<T>({ url }: StoreLocation, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`the store ${url} can't be reached: ${reason}`, { cause });
  }
}

/** DuckDB reads objects and writes Parquet; it deletes none, and writes no empty ones. */
async function request(location: StoreLocation, path: string, method: 'PUT' | 'DELETE'): Promise<void> {
  const { endpoint, region, accessKeyId, secretAccessKey, sessionToken } = location;
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const name = key.split('/').map(encodeURIComponent).join('/');
  const url =
    endpoint === null
      ? `https://${bucket}.s3.${region}.amazonaws.com/${name}`
      : new URL(`${bucket}/${name}`, endpoint).href;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
    ...(sessionToken === null ? {} : { sessionToken }),
  });
  const answer = await ask(location, () => client.fetch(url, { method }));
  if (answer.ok || (method === 'DELETE' && answer.status === 404)) return;
  const what = method === 'PUT' ? 'written' : 'deleted';
  throw new StoreError(`${path} could not be ${what}: the store answered ${answer.status}`);
}
