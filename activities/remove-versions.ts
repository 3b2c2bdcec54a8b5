import type { RegistryErrorCode } from '../adapters/ports/registry.ts';
import type { Removed } from '../domain/lifecycle/removal.ts';
import type { Dependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { RemoveRequest } from './types.ts';

/** Removes the files of versions, one by one. What can't be removed is told, and keeps no other; a registry that is away is not asked again. */
export async function removeVersions(
  { registry }: Pick<Dependencies, 'registry'>,
  { project: { model }, versions }: RemoveRequest,
): Promise<Omit<Removed, 'decisionId'>> {
  return await withHeartbeat(async () => {
    const removed: string[] = [];
    const kept: string[] = [];
    const reasons: string[] = [];
    for (const version of versions) {
      try {
        await registry.removePackage(model, version);
        removed.push(version);
      } catch (error) {
        const { code, message } = error as { code?: RegistryErrorCode; message: string };
        kept.push(version);
        reasons.push(message);
        if (code === 'unavailable') break;
      }
    }
    const [reason] = reasons;
    return { removed, unremoved: reason === undefined ? null : { versions: kept, reason } };
  });
}
