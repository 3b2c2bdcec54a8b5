import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openEmbeddedRegistry } from '../../adapters/registry/embedded.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { createPredictionClient, PredictionError } from '../../client/prediction-client.ts';
import { mlflowEnvironment } from '../../scripts/setup/locate.mjs';
import { temporaryFolder } from '../support/folders.ts';
import { makePriceRows } from '../support/price-project.ts';
import { servedModel as model, servedSchema as schema, startService, trainPackages } from '../support/serving.ts';
import { soak } from '../support/soak/soak.ts';

const rows = makePriceRows(8, 2).rows.map((row) => ({ ...row }));
let folder = '';
let packages: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incumbent-packages-'));
  packages = await trainPackages(folder, [1, 2]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function makeHome(home: string): Promise<string> {
  const registry = await openEmbeddedRegistry({ directory: join(home, 'registry') });
  await registry.register({ model, idempotencyKey: 'one', packageDirectory: packages[0] ?? '', tags: {} });
  await registry.setAlias(model, 'champion', '1');
  return home;
}

/** Only who may mount file systems can have a small one. */
function mountSmall(directory: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', directory]).status === 0;
}

const canMount = ((): boolean => {
  const made = spawnSync('sh', ['-c', 'd=$(mktemp -d) && mount -t tmpfs -o size=1m tmpfs "$d" && umount "$d" && rmdir "$d"']); // prettier-ignore
  return made.status === 0;
})();

describe('the prediction service', () => {
  it('has logged all that it acknowledged, once, after kills at random, restarts, swaps and jumps of its clock', async () => {
    const home = await temporaryFolder();
    const report = await soak({
      home,
      model,
      schema,
      packages,
      rows,
      requests: 1_500,
      restarts: 4,
      swaps: 10,
      jumpMs: 2 * 86_400_000,
      seed: 1,
      onProgress: () => undefined,
    });
    expect(report).toMatchObject({ lost: 0, doubled: 0, outcomesLost: 0, failed: {}, kills: 3, stops: 1 });
    expect(report.acknowledged).toBeGreaterThanOrEqual(1_500);
    expect(report.outcomes).toBeGreaterThanOrEqual(30);
  });

  it.skipIf(!canMount)('answers 503 while its disk is full, and again when there is space', async () => {
    const store = await temporaryFolder();
    expect(mountSmall(store)).toBe(true);
    onTestFinished(() => void spawnSync('umount', [store]));
    const home = await makeHome(await temporaryFolder());
    spawnSync('ln', ['-s', store, join(home, 'store')]);
    const service = await startService(home);
    const client = createPredictionClient(service.url);
    const before = await client.predict(model, { rows });
    const filler = join(store, 'filler');
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096']);
    const refused = async (): Promise<unknown> => await client.predict(model, { rows }).then(() => null, (error: unknown) => error); // prettier-ignore
    let refusal: unknown = null;
    const acknowledged = before.predictions.map(({ id }) => id);
    while (refusal === null) refusal = await refused();
    expect(refusal).toBeInstanceOf(PredictionError);
    expect(refusal).toMatchObject({ status: 503, code: 'log-unavailable' });
    expect((await fetch(`${service.url}/ready`)).status).toBe(503);
    const stopped = await readIds(home);
    for (let attempt = 0; attempt < 20; attempt += 1) expect(await refused()).toMatchObject({ status: 503 });
    // What was refused has left no trace.
    expect(await readIds(home)).toEqual(stopped);
    await rm(filler);
    const after = await client.predict(model, { rows });
    while ((await fetch(`${service.url}/ready`)).status !== 200) await sleep(20);
    acknowledged.push(...after.predictions.map(({ id }) => id));
    const logged = await readIds(home);
    expect(acknowledged.filter((id) => !logged.includes(id))).toEqual([]);
    expect(new Set(logged).size).toBe(logged.length);
  });

  it('seals Parquet that pandas reads', async () => {
    const home = await makeHome(await temporaryFolder());
    const service = await startService(home, { INCUMBENT_LOG_ROTATE_MINUTES: '0.005' });
    const client = createPredictionClient(service.url);
    const entities = rows.map((_, index) => `customer ${index}`);
    const { predictions } = await client.predict(model, { rows, entities, requestId: 'mine' });
    const files = join(home, 'store', model, 'predictions', 'sealed');
    const script = join(await temporaryFolder(), 'read.py');
    await writeFile(
      script,
      `import glob, json, sys, time
import pandas as pd
files = []
while not files:
    files = glob.glob(sys.argv[1] + "/date=*/*.parquet")
    time.sleep(0.05)
frame = pd.read_parquet(files[0]).sort_values("id")
print(json.dumps({"columns": list(frame.columns), "ids": list(frame.id), "version": list(frame.version), "entity": list(frame.entity),
  "price": [json.loads(row)["price"] for row in frame.features], "output": [float(one[0]) for one in frame.output], "latency": bool((frame.latencyMs >= 0).all())}))
`,
    );
    const python = join(mlflowEnvironment(), 'bin', 'python3');
    const read = spawnSync(python, [script, files], { encoding: 'utf8', timeout: 60_000 });
    const found = JSON.parse(read.stdout) as Record<string, unknown[]>;
    expect(found['ids']).toEqual(predictions.map(({ id }) => id));
    expect(found['entity']).toEqual(entities);
    expect(found['price']).toEqual(rows.map(({ price }) => price));
    expect(found['output']).toEqual(predictions.map(({ probabilities }) => probabilities?.['up']));
    expect(found['latency']).toBe(true);
    expect(found['columns']).toEqual(expect.arrayContaining(['id', 'atMs', 'eventMs', 'version', 'features', 'output', 'shadow', 'entity', 'decision', 'requestId', 'latencyMs'])); // prettier-ignore
  });
});

async function readIds(home: string): Promise<readonly string[]> {
  await sleep(10);
  return (await (await openStore({ directory: join(home, 'store') })).readOutcomes({ model, schema })).ids;
}
