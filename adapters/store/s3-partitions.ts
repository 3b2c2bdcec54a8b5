import type { DuckDBConnection } from '@duckdb/node-api';
import { AwsClient } from 'aws4fetch';
import type { StoreLocation } from '../../config/store-location.ts';
import { asTexts, queryColumns, quoteText } from '../duckdb/columns.ts';
import { checkModelName, StoreError, type RecordKind } from './layout.ts';
import { dateOfStem, type Partitions } from './partitions.ts';

/** Sealed segments in a bucket: `<url>/<model>/<kind>/sealed/date=YYYY-MM-DD/<segment>.parquet`. An upload is seen whole or not at all. */
export async function openS3Partitions(connection: DuckDBConnection, location: StoreLocation): Promise<Partitions> {
  await connectToS3(connection, location);
  const base = location.url.replace(/\/+$/, '');

  const folder = (model: string, kind: RecordKind): string => {
    checkModelName(model);
    return `${base}/${model}/${kind}/sealed`;
  };
  return {
    async list(model, kind) {
      const { columns } = await ask(location, () =>
        queryColumns(
          connection,
          `SELECT file FROM glob(${quoteText(`${folder(model, kind)}/*/*.parquet`)}) ORDER BY 1`,
        ),
      );
      return asTexts(columns[0]).flatMap((path) => {
        const [, date, stem] = /\/date=([\d-]+)\/([^/]+)\.parquet$/.exec(path ?? '') ?? [];
        return path === null || date === undefined || stem === undefined ? [] : [{ path, date, stem }];
      });
    },
    async write(model, kind, stem, copyTo) {
      await ask(location, () => copyTo(`${folder(model, kind)}/date=${dateOfStem(stem)}/${stem}.parquet`));
    },
    remove: ({ path }) => removeObject(location, path),
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

/** DuckDB reads and writes objects, and deletes none. */
async function removeObject(location: StoreLocation, path: string): Promise<void> {
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
  const answer = await ask(location, () => client.fetch(url, { method: 'DELETE' }));
  if (!answer.ok && answer.status !== 404) {
    throw new StoreError(`${path} could not be deleted: the store answered ${answer.status}`);
  }
}
