import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadModel } from '../../adapters/runtime/load-model.ts';
import { createModelRuntime } from '../../adapters/runtime/model-runtime.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { generateRows, schemaOf } from '../unit/runtime/generated-rows.ts';
import { jobIn } from '../unit/runtime/jobs.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'incumbent-runtime-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

it('trains on and scores the rows of a snapshot in the store, as a loaded model predicts them', async () => {
  const storeDirectory = join(directory, 'store');
  const store = await openStore({ directory: storeDirectory });
  const template = jobIn(join(directory, 'work'), 'sectors', { maxEpochs: 3 });
  const rows = generateRows('sectors', template.snapshot.rowCount);
  const snapshot = await store.writeSnapshot('sectors', schemaOf('sectors'), rows, template.snapshot.split);
  const runtime = createModelRuntime({ storeDirectory });
  const { signal } = new AbortController();
  const { packageDirectory } = await runtime.train(
    { ...template, snapshot },
    { signal, resumeFrom: null, onEpoch: () => undefined },
  );
  const scored = await runtime.score(packageDirectory, snapshot, snapshot.split.holdout, signal);
  const model = await loadModel(packageDirectory);
  const { table } = await store.readSnapshot(snapshot, snapshot.split.holdout);
  const predicted = await model.predict(table);
  model.dispose();
  expect(model.signature).toMatchObject({ snapshotId: snapshot.id, lastKey: snapshot.lastKey });
  expect(scored.width).toBe(3);
  expect(scored.values.length).toBe(table.rowCount * 3);
  scored.values.forEach((value, index) => expect(value).toBeCloseTo(predicted.values[index]!, 5));
});
