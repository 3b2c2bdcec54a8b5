import { measureImportances, planImportances, type Importances } from '../../domain/explain/importances.ts';
import { pickRows } from '../../domain/snapshot/tables.ts';
import type { ImportanceJob } from '../ports/model-runtime.ts';
import { readBlend } from './blend-file.ts';
import { loadModel } from './load-model.ts';
import type { SnapshotRows } from './protocol.ts';

/** Fewer rows tell nothing of a feature. */
const fewestRows = 30;

/** What a package's loss on rows of a snapshot owes to each feature, in this process. Null where the rows are too few. */
export async function measureImportancesOf(job: ImportanceJob, rows: SnapshotRows): Promise<Importances | null> {
  const { packageDirectory, snapshot, range, seed } = job;
  const { table, labels } = await rows.readSnapshotColumns(snapshot, snapshot.schema.features, range);
  if (table.rowCount < fewestRows) return null;
  const networks = (await readBlend(packageDirectory))?.members.length ?? 1;
  const model = await loadModel(packageDirectory);
  try {
    const { task, schema } = model.signature;
    const plan = planImportances(table.rowCount, schema.features.length, networks);
    const picked = spread(table.rowCount, plan.rows);
    return await measureImportances({
      task,
      features: schema.features.map(({ name }) => name),
      table: pickRows(table, picked),
      labels: Float64Array.from(picked, (row) => labels[row]!),
      repeats: plan.repeats,
      seed,
      predict: (asked) => model.predict(asked),
    });
  } finally {
    model.dispose();
  }
}

/** Rows spread evenly: neighbours, which are often alike, are kept apart. */
function spread(rowCount: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Math.floor((index * rowCount) / count));
}
