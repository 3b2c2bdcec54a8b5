import type { RunKey } from '../adapters/ports/tracking.ts';
import { judgeRung, type RungVerdict } from '../domain/search/successive-halving.ts';
import type { Dependencies } from './dependencies.ts';
import { tellRun } from './telling/tell-run.ts';
import { tellResult } from './telling/tell-training.ts';
import type { RungRequest } from './types.ts';

/** Compares candidates on the way, and tells the runs of those that are stopped. */
export async function compareCandidates(
  deps: Dependencies,
  { project: { model }, decisionId, rung, trained }: RungRequest,
): Promise<RungVerdict> {
  const verdict = judgeRung(
    rung,
    trained.map(({ candidateId, validationLoss, checkpoint }) => ({
      id: candidateId,
      validationLoss,
      isDone: checkpoint === null,
    })),
  );
  for (const { id, reason } of verdict.stopped) {
    const run: RunKey = { model, decisionId, candidateId: id };
    await tellRun(deps, run, (tracking) => tracking.setTags(run, { stoppedEarly: reason }));
    await tellResult(
      deps,
      run,
      trained.find(({ candidateId }) => candidateId === id)!,
    );
  }
  return verdict;
}
