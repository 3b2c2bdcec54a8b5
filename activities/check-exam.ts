import type { LabelledRows } from '../adapters/ports/store.ts';
import { checkLeaks, checkLeaksByKey } from '../domain/gate/leaks.ts';
import type { Check } from '../domain/verdict.ts';
import type { Dependencies } from './dependencies.ts';
import type { ExamRows } from './prepare-exam.ts';
import type { GateRequest } from './types.ts';

/** Has either model seen the rows of the holdout before? */
export async function checkExam(
  deps: Dependencies,
  { project: { model }, champion }: GateRequest,
  { seen, holdout }: ExamRows,
): Promise<readonly Check[]> {
  const own = checkLeaks('challenger', holdout, seen);
  return champion === null ? [own] : [own, await checkChampion(deps, model, champion, holdout)];
}

async function checkChampion(
  deps: Dependencies,
  model: string,
  champion: string,
  holdout: LabelledRows,
): Promise<Check> {
  const directory = await deps.registry.fetchPackage(model, champion);
  const { snapshotId, lastKey } = await deps.packages.readSignature(directory);
  // A snapshot that is gone is no error: what is left of it is the key where it ended.
  const snapshot = await deps.store.getSnapshot(model, snapshotId).catch(() => null);
  if (snapshot === null) return checkLeaksByKey(holdout.keys, lastKey);
  const { tags } = await deps.registry.getVersion(model, champion);
  // A refit has learned from its own holdout, too.
  const to = tags.refitOf === undefined ? snapshot.split.validation.to : snapshot.rowCount;
  return checkLeaks('champion', holdout, await deps.store.readSnapshot(snapshot, { from: 0, to }));
}
