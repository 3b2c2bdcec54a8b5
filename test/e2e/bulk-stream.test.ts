import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordBatchStreamWriter, Table, tableFromIPC, vectorFromArray } from 'apache-arrow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import { temporaryFolder } from '../support/folders.ts';
import { servedModel as model, startService, trainPackages } from '../support/serving.ts';

let folder = '';
let packages: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incumbent-bulk-'));
  packages = await trainPackages(folder, [1]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const batchRows = 20_000;
const batches = 20;

async function toStream(): Promise<Uint8Array<ArrayBuffer>> {
  const table = new Table({
    price: vectorFromArray(Float64Array.from({ length: batchRows }, (_, row) => row % 97)),
    load: vectorFromArray(Float64Array.from({ length: batchRows }, (_, row) => row % 31)),
    region: vectorFromArray(Array.from({ length: batchRows }, (_, row) => (row % 2 === 0 ? 'north' : 'south'))),
  });
  const writer = new RecordBatchStreamWriter();
  for (let batch = 0; batch < batches; batch += 1) writer.write(table.batches[0]!);
  writer.finish();
  return Uint8Array.from(await writer.toUint8Array());
}

it('answers an Arrow stream of many batches over the wire while it comes in, a row for each', async () => {
  const home = await temporaryFolder();
  const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
  await registry.register({ model, idempotencyKey: 'one', packageDirectory: packages[0]!, tags: {} });
  await registry.setAlias(model, 'champion', '1');
  const service = await startService(home);
  const response = await fetch(`${service.url}/v1/models/${model}/predict/bulk?log=false&columns=outputs`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.apache.arrow.stream' },
    body: await toStream(),
  });
  expect(response.status).toBe(200);
  const answered = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
  expect(answered.numRows).toBe(batches * batchRows);
  const up = answered.getChild('p_up')!.toArray() as Float64Array;
  expect(up.slice(0, batchRows)).toEqual(up.slice(-batchRows));
});
