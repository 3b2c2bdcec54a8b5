import type { TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
import type { Importances } from '../domain/explain/importances.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';

interface Subject {
  readonly chosen: TrainedCandidate;
  readonly snapshot: Snapshot;
  readonly verdict: Verdict;
  readonly seed: number;
}

/** Measures on the holdout what the challenger owes to each feature and keeps it in its package; what was refused will never serve, and is left out. */
export async function measureImportances(
  { packages, runtime }: Dependencies,
  { chosen: { packageDirectory }, snapshot, verdict, seed }: Subject,
): Promise<Importances | null> {
  if (verdict.outcome === 'fail') return null;
  const job = { packageDirectory, snapshot, range: snapshot.split.holdout, seed };
  const importances = await runtime.measureImportances(job, currentScope().signal);
  if (importances === null) return null;
  await packages.writeImportances(packageDirectory, importances);
  return importances;
}
