import type { RunKey } from '../adapters/ports/tracking.ts';
import { rootDecision } from '../domain/report/build.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';

interface Subject {
  readonly model: string;
  readonly decisionId: string;
}

/** A rollback or an override belongs to the run of the retraining that it is about. */
export function runOf(model: string, decisionId: string): RunKey {
  return { model, decisionId: rootDecision(decisionId), candidateId: null };
}

/** Puts files beside what else is told of the retraining, where anything is. What can't be logged there lies in the home directory all the same. */
export async function logToRun(
  { tracking }: Pick<Dependencies, 'tracking'>,
  { model, decisionId }: Subject,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const run = runOf(model, decisionId);
  try {
    if ((await tracking.read(run)) === null) return;
    for (const [path, content] of Object.entries(files)) await tracking.logArtifact(run, path, content);
  } catch (error) {
    currentScope().warn('a page could not be logged to the run of its decision', { decisionId, error });
  }
}
