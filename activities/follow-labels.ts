import { join } from 'node:path';
import { followedCandidateId, followOfTag } from '../domain/following/proposal.ts';
import type { Dependencies } from './dependencies.ts';
import { exportPackage } from './export-package.ts';
import { withHeartbeat } from './heartbeat.ts';
import { currentScope } from './scope.ts';
import type { FollowRequest } from './types.ts';

/** Registers the champion's own networks with the shares that the labels call for: nothing is trained. */
export async function followLabels(deps: Dependencies, request: FollowRequest): Promise<string> {
  return await withHeartbeat(async () => {
    const { registry, packages, runtime, workDirectory } = deps;
    const { decisionId, project, policy, proposal } = request;
    const { model } = project;
    const { base, lent, shares, shifts, deviation } = proposal;
    const fetched = await Promise.all(
      [base, ...(lent === null ? [] : [lent])].map((version) => registry.fetchPackage(model, version)),
    );
    const networks = (await Promise.all(fetched.map((directory) => packages.listNetworks(directory)))).flat();
    const job = {
      base,
      packageDirectory: fetched[0]!,
      lent,
      networks: networks.map(({ packageDirectory }) => packageDirectory),
      maxMembers: policy.challenger.blendMembers,
      shares,
      shifts,
      deviation,
      workDirectory: join(workDirectory, decisionId, followedCandidateId),
    };
    const packageDirectory = await runtime.follow(job, currentScope().signal);
    const { parameters } = await packages.readSignature(packageDirectory);
    const { tags } = await registry.getVersion(model, base);
    const exported = await exportPackage(deps, packageDirectory);
    const { version } = await registry.register({
      model,
      idempotencyKey: decisionId,
      packageDirectory,
      tags: {
        ...tags,
        decisionId,
        candidate: followedCandidateId,
        parameters: String(parameters),
        [followOfTag]: base,
        ...exported,
      },
    });
    await runtime.forget(join(workDirectory, decisionId));
    return version;
  });
}
