import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import { createPredictionClient } from '../../client/prediction-client.ts';
import type { SentOutcomes } from '../../client/outcomes/send-outcomes.ts';
import { temporaryFolder } from '../support/folders.ts';
import { makePriceRows } from '../support/price-project.ts';
import { servedModel as model, startService, trainPackages } from '../support/serving.ts';

const incumbent = fileURLToPath(new URL('../../bin/incumbent.mjs', import.meta.url));
const rows = makePriceRows(4, 2).rows.map((row) => ({ ...row }));
let packagesFolder = '';
let packageDirectory = '';

beforeAll(async () => {
  packagesFolder = await mkdtemp(join(tmpdir(), 'incumbent-packages-'));
  packageDirectory = (await trainPackages(packagesFolder, [1]))[0]!;
});

afterAll(() => rm(packagesFolder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function feedback(url: string, file: string, ...more: string[]): Promise<Ended> {
  return await new Promise((done) => {
    execFile(process.execPath, [incumbent, 'feedback', model, file, '--url', url, ...more], (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const read = ({ stdout }: Ended): SentOutcomes => JSON.parse(stdout) as SentOutcomes;

describe('incumbent feedback', () => {
  it('sends CSV, NDJSON and Parquet to a service, as often as one likes, and tells what was not taken', async () => {
    const home = await temporaryFolder();
    const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
    await registry.register({ model, idempotencyKey: 'one', packageDirectory, tags: {} });
    await registry.setAlias(model, 'champion', '1');
    const { url } = await startService(home);
    const entities = rows.map((_, index) => `shop ${index}`);
    const times = rows.map((_, index) => `2026-03-0${index + 1}T00:00:00Z`);
    const { predictions } = await createPredictionClient(url).predict(model, { rows, entities, times });
    const ids = predictions.map(({ id }) => id);

    const csv = join(home, 'outcomes.csv');
    await writeFile(csv, `id,label,note\n${ids[0]},up,x\n${ids[1]},down,\n`);
    const first = await feedback(url, csv);
    expect(first).toMatchObject({ code: 0, stderr: '2 of 2 rows sent\n' });
    expect(first.stdout).toBe(`${model}: 2 rows: 2 accepted, 0 duplicates, 0 unknown, 0 contradictions, 0 invalid\n`);
    const again = await feedback(url, csv, '--json');
    expect(again.code).toBe(0);
    expect(read(again)).toMatchObject({ rows: 2, accepted: 0, duplicates: 2 });

    const lines = [
      { id: ids[0], label: 'down' },
      { entity: 'shop 2', time: '2026-03-03T00:00:00Z', label: 'up', label_time: '2026-03-04 08:00' },
      { id: 'nobody', label: 'up' },
      { id: ids[3], label: 'sideways' },
      { entity: 'shop 3', label: 'up' },
    ];
    const ndjson = join(home, 'outcomes.ndjson');
    await writeFile(ndjson, `\n${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    const mixed = await feedback(url, ndjson, '--json');
    expect(mixed.code).toBe(1);
    expect(read(mixed)).toMatchObject({
      accepted: 1,
      duplicates: 0,
      unknown: [{ line: 4, name: 'nobody' }],
      contradictions: [{ line: 2, name: ids[0] }],
      invalid: [
        { line: 5, reason: 'label "sideways" is none of down, up' },
        { line: 6, reason: 'it has neither an id, nor an entity and a time' },
      ],
    });
    expect((await feedback(url, ndjson)).stdout).toContain(`contradict the label on record, which stands:\n  line 2: `);

    const parquet = join(home, 'outcomes.parquet');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const select = `SELECT 'shop 3' AS entity, TIMESTAMP '2026-03-04 06:00:00' AS time, 'up' AS label, DATE '2026-03-05' AS label_time`;
    await connection.run(`COPY (${select}) TO '${parquet}' (FORMAT parquet)`);
    connection.closeSync();
    const early = await feedback(url, parquet, '--json');
    expect(early.code).toBe(1);
    expect(read(early).unknown).toEqual([{ line: 1, name: 'shop 3@2026-03-04T06:00:00.000Z' }]);
    expect(read(await feedback(url, parquet, '--json', '--within', '1d'))).toMatchObject({ accepted: 1, unknown: [] });
  });

  it('says that nobody answers', async () => {
    const file = join(await temporaryFolder(), 'outcomes.csv');
    await writeFile(file, 'id,label\n1,up\n');
    const ended = await feedback('http://127.0.0.1:9', file);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("can't be reached") as string });
  });
});
