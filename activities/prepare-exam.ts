import type { LabelledRows, Snapshot } from '../adapters/ports/store.ts';
import type { Check } from '../domain/verdict.ts';
import { checkExam } from './check-exam.ts';
import type { Dependencies } from './dependencies.ts';
import { sliceRows } from './gather-rows.ts';
import { gatherGuardEvidence, type GuardEvidence } from './guard-evidence.ts';
import type { GateRequest } from './types.ts';

/** The rows of a run, read once for all that the gate compares. */
export interface ExamRows {
  readonly snapshot: Snapshot;
  /** What weights were fitted to and chosen by: the training and the validation part. */
  readonly seen: LabelledRows;
  readonly training: LabelledRows;
  readonly holdout: LabelledRows;
}

/** What can be said of an exam before it is known who sits it. */
export interface Exam extends ExamRows {
  readonly leaks: readonly Check[];
  readonly guards: GuardEvidence;
}

export async function prepareExam(deps: Dependencies, request: GateRequest, snapshot: Snapshot): Promise<Exam> {
  const all = await deps.store.readSnapshot(snapshot, { from: 0, to: snapshot.rowCount });
  const { train, validation, holdout } = snapshot.split;
  const rows: ExamRows = {
    snapshot,
    seen: sliceRows(all, { from: 0, to: validation.to }),
    training: sliceRows(all, train),
    holdout: sliceRows(all, holdout),
  };
  const [guards, leaks] = await Promise.all([gatherGuardEvidence(deps, request, rows), checkExam(deps, request, rows)]);
  return { ...rows, leaks, guards };
}
