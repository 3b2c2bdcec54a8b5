import type { LedgerEntry } from '../adapters/ports/ledger.ts';
import type { RetrainResult } from '../domain/lifecycle/results.ts';
import type { Switch } from '../domain/lifecycle/switch.ts';
import type { Dependencies } from './dependencies.ts';
import { fetchLent } from './fetch-lent.ts';
import { currentScope } from './scope.ts';

/** A version whose networks are lent, with its package. */
export interface FoundLender {
  readonly version: string;
  readonly packageDirectory: string;
}

/**
 * The newest challenger since the champion that may lend its networks: nobody promoted it, and nothing speaks against it but what its losses say. Null
 * where there is none, or where it takes other features or knows other classes.
 */
export async function findLender(
  { registry, packages, ledger }: Dependencies,
  model: string,
  base: string,
): Promise<FoundLender | null> {
  const [version] = listLenders(await ledger.read(model), base);
  if (version === undefined) return null;
  const [packageDirectory] = await fetchLent(registry, model, [version], currentScope().warn);
  if (packageDirectory === undefined) return null;
  const [own, theirs] = await Promise.all(
    [await registry.fetchPackage(model, base), packageDirectory].map((one) => packages.readSignature(one)),
  );
  const isAlike = JSON.stringify(own!.schema) === JSON.stringify(theirs!.schema);
  return isAlike ? { version, packageDirectory } : null;
}

/** Newest first. */
function listLenders(entries: readonly LedgerEntry[], base: string): readonly string[] {
  const promoted = entries
    .filter(({ id, kind }) => kind === 'promotion' && id.endsWith('/done'))
    .map(({ evidence }) => (evidence as Switch).after.champion);
  const since = entries.slice(entries.findLastIndex(({ kind, evidence }) => promotes(kind, evidence, base)) + 1);
  return since
    .filter(({ kind }) => kind.startsWith('gate: '))
    .map(({ evidence }) => evidence as RetrainResult)
    .flatMap((result) => (result.version !== null && result.lends === true ? [result.version] : []))
    .filter((version) => !promoted.includes(version))
    .reverse();
}

function promotes(kind: string, evidence: unknown, version: string): boolean {
  return kind === 'promotion' && (evidence as Partial<Switch>).after?.champion === version;
}
