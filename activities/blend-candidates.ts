import { join } from 'node:path';
import type { TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import { blendId } from '../domain/blend/policy.ts';
import { followOfTag } from '../domain/following/proposal.ts';
import type { Dependencies } from './dependencies.ts';
import { fetchLent } from './fetch-lent.ts';
import { withHeartbeat } from './heartbeat.ts';
import { currentScope } from './scope.ts';
import type { BlendRequest } from './types.ts';

/** The networks of this run and of the newest versions, weighed on the validation part, as one more candidate. */
export async function blendCandidates(deps: Dependencies, request: BlendRequest): Promise<TrainedCandidate | null> {
  const { project, policy, decisionId, snapshotId, trained } = request;
  return await withHeartbeat(async () => {
    const { registry, store, runtime, workDirectory } = deps;
    const snapshot = await store.getSnapshot(project.model, snapshotId);
    const versions = await registry.listVersions(project.model);
    // What follows the labels is made of the networks of others.
    const examined = versions.filter(({ tags }) => tags[followOfTag] === undefined);
    const newest = examined.slice(-Math.max(1, policy.challenger.blendVersions));
    const lent = policy.challenger.blendVersions === 0 ? [] : newest;
    const { warn, signal } = currentScope();
    const packages = await fetchLent(
      registry,
      project.model,
      lent.map(({ version }) => version),
      warn,
    );
    const job = {
      candidateId: blendId,
      parts: {
        kind: 'weigh' as const,
        packages: [...trained.map(({ packageDirectory }) => packageDirectory), ...packages],
        maxMembers: policy.challenger.blendMembers,
      },
      snapshot,
      range: snapshot.split.validation,
      workDirectory: join(workDirectory, decisionId, 'blend'),
    };
    return await runtime.blend(job, signal);
  });
}
