import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { observe } from '../../../activities/observe.ts';
import type { Observation } from '../../../activities/types.ts';
import type { PredictionLog, PredictionRecord, Snapshot } from '../../../adapters/ports/store.ts';
import { openPredictionLog } from '../../../adapters/store/prediction-log.ts';
import { homeAt } from '../../../config/home.ts';
import { createRng } from '../../../domain/math/rng.ts';
import { buildReference } from '../../../domain/monitoring/reference.ts';
import type { DataSchema } from '../../../domain/table.ts';
import { compose } from '../../../worker/compose.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { writePriceProject } from '../../support/price-project.ts';

const model = 'prices';
const schema: DataSchema = {
  features: [
    { name: 'price', type: 'numeric' },
    { name: 'load', type: 'numeric' },
  ],
  label: 'move',
  classes: ['down', 'up'],
};

interface Row {
  readonly price: number;
  readonly load: number;
  readonly p: number;
  readonly isUp: boolean;
}

/** Load goes with the price, or against it; the model says .9 or .1 and is wrong at the given rate. */
function drawRows(count: number, seed: number, { errors = 0.1, slope = 1 } = {}): Row[] {
  const random = createRng(seed);
  return Array.from({ length: count }, () => {
    const price = random();
    const p = random() < 0.5 ? 0.9 : 0.1;
    const load = 0.5 + slope * (price - 0.5) + 0.2 * (random() - 0.5);
    return { price, load, p, isUp: p > 0.5 === random() >= errors };
  });
}

const toTable = (rows: readonly Row[]) => ({
  rowCount: rows.length,
  columns: {
    price: { kind: 'numeric', values: Float64Array.from(rows, ({ price }) => price) },
    load: { kind: 'numeric', values: Float64Array.from(rows, ({ load }) => load) },
  } as const,
});
const toLabels = (rows: readonly Row[]) => Float64Array.from(rows, ({ isUp }) => Number(isUp));

let folder: string;
let deps: Dependencies;
let log: PredictionLog;
let logged: number;

beforeEach(async () => {
  folder = await temporaryFolder();
  const home = homeAt(folder);
  deps = await compose(home);
  log = await openPredictionLog({ directory: home.store, replicaId: 'one' });
  onTestFinished(() => log.close());
  logged = 0;
});

async function lookAfter(rows: readonly Row[]): Promise<Observation> {
  const id = (index: number) => `p${String(logged + index).padStart(8, '0')}`;
  const toRecord = ({ price, load, p }: Row, index: number): PredictionRecord => ({
    id: id(index),
    atMs: 1_000 + index,
    eventMs: null,
    version: '1',
    features: { price, load },
    output: [p],
    shadow: null,
    requestId: 'r',
    latencyMs: 1,
  });
  await log.appendPredictions(model, rows.map(toRecord));
  const labels = rows.map(({ isUp }, index) => ({ id: id(index), label: isUp ? 'up' : 'down', atMs: 9_000 }));
  await log.appendLabels(model, labels);
  logged += rows.length;
  const seen = await observe(deps, { project: { model, directory: join(folder, 'project') } });
  if (seen.cursor !== null) await deps.cursors.write(model, seen.cursor);
  return seen;
}

/** A champion with a package that says what the monitor reads of it. */
async function promoteChampion(policy: object): Promise<void> {
  await writePriceProject(join(folder, 'project'), { monitor: { windowRows: 1_000, labelDelayRows: 500 }, ...policy });
  const rows = drawRows(3_000, 1);
  const split = {
    train: { from: 0, to: 1_500 },
    validation: { from: 1_500, to: 2_000 },
    holdout: { from: 2_000, to: 3_000 },
  };
  const keys = rows.map((_, index) => `history:${String(index).padStart(8, '0')}`);
  const snapshot = await deps.store.writeSnapshot(
    model,
    schema,
    { table: toTable(rows), labels: toLabels(rows), keys },
    split,
  );
  const packageDirectory = await packChampion(snapshot, rows);
  await deps.registry.register({ model, idempotencyKey: 'first', packageDirectory, tags: {} });
  await deps.registry.setAlias(model, 'champion', '1');
}

async function packChampion(snapshot: Snapshot, rows: readonly Row[]): Promise<string> {
  const packageDirectory = join(folder, 'package');
  await mkdir(packageDirectory);
  const signature = {
    task: 'binary',
    schema,
    snapshotId: snapshot.id,
    lastKey: snapshot.lastKey,
    candidateId: 'linear',
    parameters: 3,
  };
  await writeFile(join(packageDirectory, 'signature.json'), JSON.stringify(signature));
  const holdout = rows.slice(2_000);
  const outputs = { width: 1, values: holdout.map(({ p }) => p) };
  const inputs = toTable(rows.slice(0, 2_000));
  const reference = buildReference({
    task: 'binary',
    schema,
    inputs,
    outputs,
    labels: toLabels(holdout),
    holdoutInputs: toTable(holdout),
  });
  await deps.packages.writeReference(packageDirectory, reference);
  return packageDirectory;
}

const found = ({ signals }: Observation) => signals.map(({ kind, sources }) => [kind, ...(sources ?? [])]);

describe('observe', () => {
  it('has nothing to watch before there is a champion', async () => {
    const seen = await lookAfter([]);
    expect(seen).toMatchObject({ signals: [], cursor: null, summary: 'there is no champion to watch yet' });
  });

  it('goes on where it stopped, is silent while all is well, and signals lost performance by both tests', async () => {
    await promoteChampion({});
    const first = await lookAfter(drawRows(1_500, 2));
    expect(first.signals).toEqual([]);
    expect(first.cursor).toMatchObject({ champion: '1', lastId: 'p00001499', watch: { first: null } });
    const second = await lookAfter(drawRows(1_500, 3, { errors: 0.4 }));
    expect(found(second)).toEqual([
      ['performance-drift', 'adwin'],
      ['performance-drift', 'absolute-risk'],
    ]);
    // This champion's networks are missing: that is told, and keeps nothing else from being seen.
    expect(second.summary).toMatch(
      /^1,500 new outcomes, mean loss 0\.393; None of 2 features has drifted; the labels were not followed: .* can't be read/,
    );
    expect(second.cursor!.watch.risk.count).toBeLessThan(1_500);
  });

  it('trains a network to tell windows apart only where the policy asks for it', async () => {
    await promoteChampion({ drift: { classifierTest: true } });
    await lookAfter([]);
    const seen = await lookAfter(drawRows(1_000, 4, { slope: -1 }));
    expect(found(seen)).toEqual([['data-drift', 'classifier-two-sample']]);
  });
});
