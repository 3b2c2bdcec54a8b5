import type { Aliases } from '../../domain/lifecycle/aliases.ts';
import { RegistryError } from '../ports/registry.ts';

/** The names among `aliases` that a version bears. */
export function namesOf(version: string, aliases: Aliases | Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(aliases).flatMap(([name, named]) => (named === version ? [name] : []));
}

export function packageRemoved(model: string, version: string, removedAtMs: number): RegistryError {
  const when = new Date(removedAtMs).toISOString();
  const why = 'the policy keeps the newest ones and those that are needed (`versions.keep`)';
  return new RegistryError(
    'package-removed',
    `the package of ${model} version ${version} was removed on ${when}: ${why}`,
  );
}

/** A version that bears a name serves, or somebody has called it by one to keep it. */
export function refuseInUse(model: string, version: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const what = `the package of ${model} version ${version} is not removed: the version is called ${names.join(' and ')}`;
  throw new RegistryError('version-in-use', what);
}
