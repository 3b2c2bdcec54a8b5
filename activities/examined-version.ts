import type { Registry } from '../adapters/ports/registry.ts';
import type { OutcomeRows, Store, WindowQuery } from '../adapters/ports/store.ts';
import { followOfTag } from '../domain/following/proposal.ts';
import type { Dependencies } from './dependencies.ts';

/** Versions never change: each is looked up once. */
const known = new WeakMap<Registry, Map<string, Promise<string>>>();

/** The version that passed the gate: what follows the labels is the same networks with other shares. */
export async function examinedVersion(registry: Registry, model: string, version: string): Promise<string> {
  const versions = known.get(registry) ?? new Map<string, Promise<string>>();
  known.set(registry, versions);
  const key = `${model}/${version}`;
  const found = versions.get(key) ?? lookUp(registry, model, version);
  versions.set(key, found);
  return await found.catch((error: unknown) => {
    versions.delete(key);
    throw error;
  });
}

/** A version that the registry has no more is its own. */
async function lookUp(registry: Registry, model: string, version: string): Promise<string> {
  try {
    return (await registry.getVersion(model, version)).tags[followOfTag] ?? version;
  } catch (error) {
    if ((error as { code?: string }).code === 'version-not-found') return version;
    throw error;
  }
}

/** Outcomes, with the versions that passed the gate as those that answered: a champion is one, however its shares moved. */
export async function readExaminedOutcomes(
  { registry, store }: { readonly registry: Registry; readonly store: Store },
  query: WindowQuery,
): Promise<OutcomeRows> {
  const outcomes = await store.readOutcomes(query);
  const names = new Map<string, string>();
  for (const version of new Set([...outcomes.versions, ...outcomes.shadowVersions])) {
    if (version !== null) names.set(version, await examinedVersion(registry, query.model, version));
  }
  return {
    ...outcomes,
    versions: outcomes.versions.map((version) => names.get(version)!),
    shadowVersions: outcomes.shadowVersions.map((version) => (version === null ? null : names.get(version)!)),
  };
}

interface Contenders {
  readonly project: { readonly model: string };
  readonly champion: string | null;
  readonly previous?: string;
  readonly quarantined?: readonly string[];
}

/**
 * A request about the versions that passed the gate in the place of those that follow the labels. Judged by its networks as they were examined a
 * champion has seen no row of a holdout, and whichever wins is followed from then on.
 */
export async function aboutExamined<T extends Contenders>({ registry }: Dependencies, request: T): Promise<T> {
  const { model } = request.project;
  const { champion, previous, quarantined } = request;
  const name = (version: string): Promise<string> => examinedVersion(registry, model, version);
  return {
    ...request,
    champion: champion === null ? null : await name(champion),
    ...(previous === undefined ? {} : { previous: await name(previous) }),
    ...(quarantined === undefined ? {} : { quarantined: await Promise.all(quarantined.map(name)) }),
  };
}
