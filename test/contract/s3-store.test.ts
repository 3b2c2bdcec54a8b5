import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../adapters/store/open-store.ts';
import { openPredictionLog } from '../../adapters/store/prediction-log.ts';
import { openS3Partitions } from '../../adapters/store/s3-partitions.ts';
import { readStoreLocation } from '../../config/store-location.ts';
import { temporaryFolder } from '../support/folders.ts';
import { label, prediction, predictionId, priceSchema as schema } from '../support/predictions.ts';
import { startS3Server, type S3Server } from '../support/s3-server.ts';

const model = 'electricity';
let server: S3Server;

beforeAll(async () => void (server = await startS3Server()), 120_000);
afterAll(() => server.stop());

const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => prediction(from + index));

describe('a store on S3', () => {
  it('takes the sealed segments of replicas on machines of their own, which read each other’s', async () => {
    const s3 = { ...server.location, url: 's3://bucket/shared' };
    const [first, second] = [await temporaryFolder(), await temporaryFolder()];
    const one = await openPredictionLog({ directory: first, replicaId: 'r1', s3, maxSegmentLines: 5 });
    await one.appendPredictions(model, rows(0, 5));
    await one.close();
    expect(await readdir(join(first, model, 'predictions', 'open'))).toEqual([]);
    const other = await openPredictionLog({ directory: second, replicaId: 'r2', s3 });
    await other.appendPredictions(model, rows(5, 5));
    expect(await other.findPredictions(model, [predictionId(0), 'nobody'])).toEqual(new Map([[predictionId(0), null]]));
    await other.appendLabels(model, [label(0, 'yes')]);
    const store = await openStore({ directory: second, s3 });
    const { ids, labels } = await store.readOutcomes({ model, schema });
    expect(ids).toEqual(rows(0, 10).map(({ id }) => id));
    expect(labels[0]).toBe(1);
    await other.close();
    expect((await store.readInputs({ model, schema })).columns['region']?.values).toHaveLength(10);
  });

  it('keeps what can’t be uploaded on this machine, readable, until it can', async () => {
    const directory = await temporaryFolder();
    const failures: unknown[] = [];
    const s3 = { ...server.location, url: 's3://missing/logs' };
    const onSealFailed = (error: unknown): void => void failures.push(error);
    const log = await openPredictionLog({ directory, replicaId: 'r1', s3, onSealFailed });
    await log.appendPredictions(model, rows(0, 3));
    await log.close();
    expect(String(failures[0])).toMatch(/the store s3:\/\/missing\/logs can't be reached/);
    expect(await readdir(join(directory, model, 'predictions', 'open'))).toHaveLength(1);
  });

  it('lets go of a partition, also when it is gone already', async () => {
    const directory = await temporaryFolder();
    const s3 = { ...server.location, url: 's3://bucket/old' };
    const log = await openPredictionLog({ directory, replicaId: 'r1', s3 });
    await log.appendPredictions(model, rows(0, 3));
    await log.close();
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const partitions = await openS3Partitions(connection, s3);
    const [partition] = await partitions.list(model, 'predictions');
    expect(partition?.path).toMatch(/^s3:\/\/bucket\/old\/electricity\/predictions\/sealed\/date=\d{4}-\d\d-\d\d\/r1-/);
    await partitions.remove(partition!);
    await partitions.remove(partition!);
    expect(await partitions.list(model, 'predictions')).toEqual([]);
  });

  it('says what to do where the extension is missing', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const location = { ...server.location, extension: '/nowhere/httpfs.duckdb_extension' };
    await expect(openS3Partitions(connection, location)).rejects.toThrow(/npm run setup -- --with s3/);
  });
});

describe('where the store is', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

  it('is read from the environment, as other tools read it', () => {
    expect(readStoreLocation('x', {})).toBeNull();
    const INCUMBENT_STORE_URL = 's3://bucket/logs';
    const read = readStoreLocation('x', { INCUMBENT_STORE_URL, ...keys, AWS_ENDPOINT_URL: 'http://minio:9000' });
    expect(read).toMatchObject({ endpoint: 'http://minio:9000', region: 'us-east-1', extension: 'x' });
  });

  it.each([
    ['is no bucket', { INCUMBENT_STORE_URL: 'gs://bucket', ...keys }, /write s3:\/\/bucket\/folder/],
    ['has no keys', { INCUMBENT_STORE_URL: 's3://bucket' }, /set AWS_ACCESS_KEY_ID/],
  ])('is refused where it %s', (_name, variables, message) => {
    expect(() => readStoreLocation(null, variables)).toThrow(message);
  });
});
