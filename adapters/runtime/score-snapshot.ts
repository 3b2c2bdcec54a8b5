import type { RowRange } from '../../domain/table.ts';
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
  const { table } = await rows.readSnapshot(snapshot, range);
  const model = await loadModel(packageDirectory);
  try {
    return await model.predict(table);
  } finally {
    model.dispose();
  }
}
