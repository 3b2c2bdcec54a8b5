import type { Candidate, CandidateSpec } from '../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
import type { Policy } from '../domain/project.ts';
import { planRungs, type Rung } from '../domain/search/successive-halving.ts';
import { countWeights, paysToStopEarly, type TrainingSize } from '../domain/search/training-time.ts';
import { windowOf } from '../domain/snapshot/split.ts';

/** When a run's candidates are compared on the way; never where they train in less time than a comparison takes. */
export function planComparisons(
  policy: Policy,
  candidates: readonly Candidate[],
  { schema, split }: Pick<Snapshot, 'schema' | 'split'>,
): readonly Rung[] {
  const { search } = policy;
  const networks = candidates.filter((one): one is CandidateSpec => !('recalibrates' in one));
  if (search.earlyDecisions === 'off' || networks.length < 2) return [];
  const sizes = networks.map((network): TrainingSize => {
    const { from, to } = windowOf(network.window, split.train, policy.snapshot);
    const { hiddenUnits, buildModule, maxEpochs, batchSize } = network;
    // One input a feature: what categories add is not known yet.
    const weights =
      buildModule === null
        ? countWeights(schema.features.length, hiddenUnits, Math.max(1, schema.classes.length))
        : null;
    return { rows: to - from, maxEpochs, batchSize, weights };
  });
  if (search.earlyDecisions === 'auto' && !paysToStopEarly(sizes)) return [];
  return planRungs(networks.length, Math.max(...networks.map(({ maxEpochs }) => maxEpochs)), search);
}
