import { listLenders } from '../domain/following/lender.ts';
import type { Policy } from '../domain/project.ts';
import { findRemovable, lenderNeeded, ruleOf, type RemovableVersion } from '../domain/retention/find-removable.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';

export interface RemovableFound {
  readonly versions: readonly RemovableVersion[];
  /** Why nobody could say; null where all is well. */
  readonly failure: string | null;
}

/**
 * Versions whose files the policy lets go, as far as registry and ledger know: the lifecycle knows what else is needed. Old versions that can't be
 * listed must not keep the monitor from telling what it sees.
 *
 * @param base the champion, as it passed the gate
 */
export async function findRemovableVersions(
  { registry, ledger, retention }: Dependencies,
  model: string,
  policy: Policy,
  base: string,
): Promise<RemovableFound> {
  if (retention === null || policy.versions.keep === null) return { versions: [], failure: null };
  try {
    const needed = lenderNeeded(listLenders(await ledger.read(model), base));
    return { versions: findRemovable(await registry.listVersions(model), ruleOf(policy, needed)), failure: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    currentScope().warn('no old version could be removed', { model, why });
    return { versions: [], failure: `no old version could be removed: ${why}` };
  }
}
