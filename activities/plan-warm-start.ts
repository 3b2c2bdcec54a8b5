import { join } from 'node:path';
import type { Candidate, CandidateSpec } from '../adapters/ports/model-runtime.ts';
import type { Snapshot } from '../adapters/ports/store.ts';
import { baseId, warmId, whyNotLend } from '../domain/search/warm-start.ts';
import { isOfExtract } from '../domain/snapshot/row-keys.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';
import type { SnapshotRequest } from './types.ts';

interface Lender {
  /** Within the champion's package; '' where it is one network. */
  readonly directory: string;
  readonly candidateId: string;
}

/**
 * One more candidate: a configuration of this run that begins from the weights which the champion has of it. None where the champion has none, or knows a row that
 * the candidates are judged on; the worker's log says why.
 *
 * @param keys of the snapshot's rows
 */
export async function planWarmStart(
  deps: Dependencies,
  { champion, mode, trainingData, policy, decisionId }: SnapshotRequest,
  snapshot: Snapshot,
  keys: readonly string[],
  candidates: readonly Candidate[],
): Promise<readonly CandidateSpec[]> {
  const { warmStart } = policy.search;
  if (warmStart === 'off' || champion === null || mode !== 'train' || trainingData !== null) return [];
  const { registry } = deps;
  const packageDirectory = await registry.fetchPackage(snapshot.model, champion);
  const networks = candidates.filter((one): one is CandidateSpec => !('recalibrates' in one));
  const lender = (await listLenders(deps, packageDirectory)).find(({ candidateId }) =>
    networks.some(({ id }) => id === baseId(candidateId)),
  );
  const why =
    lender === undefined
      ? 'it has no network of a configuration that is tried'
      : await whyNot(deps, join(packageDirectory, lender.directory), snapshot, keys);
  if (lender === undefined || why !== null) {
    currentScope().warn(`no candidate begins from the champion’s weights: ${why}`, { champion, decisionId });
    return [];
  }
  const known = networks.find(({ id }) => id === baseId(lender.candidateId))!;
  return [{ ...known, id: warmId(known.id), startsFrom: { version: champion, directory: lender.directory } }];
}

/** The champion's networks, largest share first. */
async function listLenders({ packages }: Dependencies, packageDirectory: string): Promise<readonly Lender[]> {
  const blend = await packages.readBlend(packageDirectory);
  if (blend !== null) return blend.members.toSorted((a, b) => b.weight - a.weight);
  const { candidateId } = await packages.readSignature(packageDirectory);
  return [{ directory: '', candidateId }];
}

async function whyNot(
  { packages, store }: Dependencies,
  packageDirectory: string,
  { model, split }: Snapshot,
  keys: readonly string[],
): Promise<string | null> {
  const { snapshotId, lastKey } = await packages.readSignature(packageDirectory);
  const why = whyNotLend(keys, lastKey, split.validation.from);
  if (why !== null) return why;
  const first = await store
    .getSnapshot(model, snapshotId)
    .then((learned) => store.readSnapshot(learned, { from: 0, to: 1 }))
    .catch(() => null);
  if (first === null) return 'the snapshot that it was trained on is gone';
  const [key] = first.keys;
  return key !== undefined && isOfExtract(key)
    ? 'it was trained on an extract, whose rows have no place in time'
    : null;
}
