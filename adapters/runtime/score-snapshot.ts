import type { RowRange, Table } from '../../domain/table.ts';
import type { Predictions } from '../../domain/task.ts';
import type { Snapshot } from '../ports/store.ts';
import { loadModel } from './load-model.ts';
import type { SnapshotRows } from './protocol.ts';

/** Predictions of a model package for rows of a snapshot, in this process. */
export async function scoreSnapshot(
  packageDirectory: string,
  rows: SnapshotRows,
  snapshot: Snapshot,
  range: RowRange,
): Promise<Predictions> {
  const { table } = await rows.readSnapshotColumns(snapshot, snapshot.schema.features, range);
  return await scoreTable(packageDirectory, table);
}

/** Predictions of model packages for the same rows, in this process. */
export async function scoreTables(packageDirectories: readonly string[], table: Table): Promise<Predictions[]> {
  const predictions: Predictions[] = [];
  for (const directory of packageDirectories) predictions.push(await scoreTable(directory, table));
  return predictions;
}

async function scoreTable(packageDirectory: string, table: Table): Promise<Predictions> {
  const model = await loadModel(packageDirectory);
  try {
    return await model.predict(table);
  } finally {
    model.dispose();
  }
}
