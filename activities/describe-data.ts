import type { DataUsed } from '../domain/report/evidence.ts';
import { describeRange } from '../domain/report/data-range.ts';
import type { RowRange } from '../domain/table.ts';
import type { Dependencies } from './dependencies.ts';
import type { ExamRows } from './prepare-exam.ts';
import type { GateRequest } from './types.ts';

/** What a retraining learned from, and how much of what was served has a label by now. */
export async function describeData(
  deps: Dependencies,
  { project, policy: { monitor } }: GateRequest,
  { snapshot, seen, training, holdout }: ExamRows,
): Promise<DataUsed> {
  const { store } = deps;
  const { split, schema } = snapshot;
  const firstKey = seen.keys[0] ?? '';
  const clock = await store.clock(snapshot.model);
  const config = await deps.loadProject(project);
  const eventMs = config.data.time === null ? null : (await deps.readHistory(config)).eventMs;
  const shares = [training, holdout].map(({ labels }) => sharesOf(labels, schema.classes.length));
  return {
    snapshotId: snapshot.id,
    rows: snapshot.rowCount,
    trainRows: size(split.train),
    validationRows: size(split.validation),
    holdoutRows: size(split.holdout),
    firstKey,
    lastKey: snapshot.lastKey,
    range: describeRange(firstKey, snapshot.lastKey, eventMs, clock.eventMs),
    label: schema.label,
    features: schema.features,
    classes: schema.classes.map((name, index) => ({
      name,
      training: shares[0]![index]!,
      holdout: shares[1]![index]!,
    })),
    predictions: clock.rows,
    labels: clock.labels,
    labelDelayRows: monitor.labelDelayRows,
    matureShare: monitor.matureShare,
  };
}

function size({ from, to }: RowRange): number {
  return to - from;
}

function sharesOf(labels: ArrayLike<number>, classes: number): readonly number[] {
  const counts = new Array<number>(classes).fill(0);
  if (classes === 0) return counts;
  for (let row = 0; row < labels.length; row++) counts[labels[row]!]! += 1;
  return counts.map((count) => count / Math.max(1, labels.length));
}
