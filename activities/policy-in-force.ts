import { completePolicy, type KeptPolicy } from '../domain/lifecycle/kept-state.ts';
import { policyEntryKind } from '../domain/lifecycle/operator.ts';
import type { Policy } from '../domain/project.ts';
import type { Dependencies } from './dependencies.ts';
import type { ProjectRef } from './types.ts';

/** What an operator set last, which the ledger knows, else what the project says. */
export async function policyInForce(
  { ledger, loadProject }: Pick<Dependencies, 'ledger' | 'loadProject'>,
  project: ProjectRef,
): Promise<Policy> {
  const set = (await ledger.read(project.model)).findLast(({ kind }) => kind === policyEntryKind);
  return set === undefined ? (await loadProject(project)).policy : completePolicy(set.evidence as KeptPolicy);
}
