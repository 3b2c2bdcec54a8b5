import type { TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
import { blendId } from '../domain/blend/policy.ts';
import { compareCosts } from '../domain/gate/cost/serving-cost.ts';
import type { GateCosts } from '../domain/gate/evidence.ts';
import { findTied, selectCandidate, type CandidateResult } from '../domain/gate/select-candidate.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';

export interface Choice {
  readonly chosen: TrainedCandidate;
  readonly costs: GateCosts;
  readonly challengerSimpler: boolean;
}

/**
 * The blend where there is one; else the best candidate on validation or, of those that validation can't tell from it, the cheapest. Only these and the champion are
 * measured, all on the rows of the validation part: nobody but the chosen one sees the holdout.
 */
export async function chooseChallenger(
  { packages, runtime }: Dependencies,
  trained: readonly TrainedCandidate[],
  snapshot: Snapshot,
  champion: string | null,
): Promise<Choice> {
  const results = await Promise.all(
    trained.map(async ({ candidateId, packageDirectory, validationLoss, parameters }): Promise<CandidateResult> => {
      const losses = await packages.readValidationLosses(packageDirectory);
      return { id: candidateId, validationLoss, parameters, ...(losses && { losses }) };
    }),
  );
  const directoryOf = new Map(trained.map((one) => [one.candidateId, one.packageDirectory]));
  const blend = findBlend(trained);
  const tied = blend === null ? findTied(results).map(({ id }) => id) : [blendId];
  const directories = [...tied.map((id) => directoryOf.get(id)!), ...(champion === null ? [] : [champion])];
  const job = { packageDirectories: directories, snapshot, range: snapshot.split.validation };
  const costs = directories.length === 0 ? [] : await runtime.measureCosts(job, currentScope().signal);
  const costOf = new Map(tied.map((id, index) => [id, costs[index]!]));
  const choice = selectCandidate(results.map((one) => withCost(one, costOf)));
  const chosen = blend ?? trained.find(({ candidateId }) => candidateId === choice?.id);
  if (chosen === undefined) throw new Error('no candidate has a finite validation loss');
  const challenger = costOf.get(chosen.candidateId)!;
  const championCost = champion === null ? null : costs.at(-1)!;
  return {
    chosen,
    costs: { challenger, champion: championCost },
    challengerSimpler: championCost !== null && compareCosts(challenger, championCost) < 0,
  };
}

/** Averaging over models that can hardly be told apart beats picking one of them, which was the best by luck as well (Bates & Granger 1969). */
function findBlend(trained: readonly TrainedCandidate[]): TrainedCandidate | null {
  return (
    trained.find(({ candidateId, validationLoss }) => candidateId === blendId && Number.isFinite(validationLoss)) ??
    null
  );
}

function withCost(result: CandidateResult, costOf: ReadonlyMap<string, GateCosts['challenger']>): CandidateResult {
  const cost = costOf.get(result.id);
  return cost === undefined ? result : { ...result, cost };
}
