import { listLenders } from '../domain/following/lender.ts';
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
