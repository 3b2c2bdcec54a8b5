import type { RetrainResult } from '../domain/lifecycle/results.ts';
import { buildCard } from '../domain/report/card.ts';
import type { RetrainingEvidence } from '../domain/report/evidence.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Dependencies } from './dependencies.ts';
import { logToRun } from './log-to-run.ts';
import { currentScope } from './scope.ts';
import type { ProjectRef } from './types.ts';

export interface CardSubject {
  readonly project: ProjectRef;
  readonly decisionId: string;
  readonly packageDirectory: string;
  readonly verdict: Verdict;
  /** Null where it was not kept: then there is no card. */
  readonly evidence: RetrainingEvidence | null;
  readonly refitRows: number | null;
}

/** Puts a model card into a package before it is registered. One that can't be written is logged, and fails nothing. */
export async function writeCard(deps: Dependencies, subject: CardSubject): Promise<void> {
  const { project, decisionId, packageDirectory, verdict, evidence, refitRows } = subject;
  if (evidence === null) return;
  try {
    const { card: notes, sensitive } = await deps.loadProject(project);
    const { task, schema, candidateId, parameters } = await deps.packages.readSignature(packageDirectory);
    const made = { model: project.model, decisionId, madeAtMs: Date.now(), task, schema, candidateId, parameters };
    const card = buildCard({ ...made, notes, sensitive, verdict, evidence, refitRows });
    const { markdown, html } = await deps.packages.writeCard(packageDirectory, card);
    const files = { 'model-card.md': markdown, 'model-card.html': html };
    await logToRun(deps, { model: project.model, decisionId }, files);
  } catch (error) {
    currentScope().warn('a model card could not be written', { decisionId, error });
  }
}

/** The verdict that an exam came to, of its result. */
export function verdictOf({ outcome, reason, checks }: RetrainResult): Verdict {
  return { outcome: outcome === 'blocked' ? 'inconclusive' : outcome, reason, checks };
}
