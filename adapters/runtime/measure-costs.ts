import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ServingCost, ServingSpeed } from '../../domain/gate/cost/serving-cost.ts';
import { sliceTable } from '../../domain/snapshot/tables.ts';
import type { Table } from '../../domain/table.ts';
import { loadServedModel } from '../engine/serve-model.ts';
import type { LoadedModel } from '../ports/model-runtime.ts';
import { blendFile } from './blend-file.ts';
import { loadModel } from './load-model.ts';
import { calibrationFile } from './model-package.ts';

/** Files that are loaded to serve. */
const servedFiles = ['model.json', 'weights.bin', 'preprocessing.json', calibrationFile, blendFile];

const warmUps = 20;
const singleRows = 300;
/** On a machine that is busy, fewer rows have to do: a gate is not to wait for its figures. */
const fewestSingleRows = 100;
const longestMs = 3_000;
const batches = 5;
const batchRows = 1_000;

/** Sizes of packages and their speeds on these rows, taken in turn so that what else the machine does falls on all of them. */
export async function measureCosts(packageDirectories: readonly string[], rows: Table): Promise<ServingCost[]> {
  const models: LoadedModel[] = [];
  try {
    for (const directory of packageDirectories) models.push(await loadServedModel(loadModel, directory));
    const speeds = await measureSpeeds(models, rows);
    const sizes = await Promise.all(packageDirectories.map(measureBytes));
    return sizes.map((bytes, index) => ({ bytes, speed: speeds[index]! }));
  } finally {
    for (const model of models) model.dispose();
  }
}

/** Bytes of what is loaded to serve a package; a blend's members are folders inside it. */
export async function measureBytes(packageDirectory: string): Promise<number> {
  const entries = await readdir(packageDirectory, { recursive: true });
  const served = entries.filter((path) => servedFiles.includes(basename(path)));
  const sizes = await Promise.all(served.map(async (path) => (await stat(join(packageDirectory, path))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function measureSpeeds(models: readonly LoadedModel[], rows: Table): Promise<ServingSpeed[]> {
  const rowMs: number[][] = models.map(() => []);
  const startedAtMs = performance.now();
  for (let turn = 0; turn < warmUps + singleRows; turn += 1) {
    if (turn >= warmUps + fewestSingleRows && performance.now() - startedAtMs > longestMs) break;
    const from = turn % rows.rowCount;
    const row = sliceTable(rows, { from, to: from + 1 });
    for (const [index, model] of models.entries()) {
      const tookMs = await timeMs(() => model.predict(row));
      if (turn >= warmUps) rowMs[index]!.push(tookMs);
    }
  }
  const batch = sliceTable(rows, { from: 0, to: Math.min(batchRows, rows.rowCount) });
  const batchMs: number[][] = models.map(() => []);
  for (let turn = 0; turn < batches; turn += 1) {
    for (const [index, model] of models.entries()) batchMs[index]!.push(await timeMs(() => model.predict(batch)));
  }
  return models.map((_, index) => ({
    medianMs: quantile(rowMs[index]!, 0.5),
    p99Ms: quantile(rowMs[index]!, 0.99),
    rowsPerSecond: (batch.rowCount * 1_000) / quantile(batchMs[index]!, 0.5),
  }));
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}
