import type { Aliases } from '../../domain/lifecycle/aliases.ts';
import type { LoadFailure } from './version-pool.ts';

/** The registry could not be read; what is loaded goes on serving. */
export interface RegistryProblem {
  readonly reason: string;
  readonly sinceMs: number;
}

/** What keeps a model from being served as its aliases say, why, since when, and what serves instead; null when all is well. */
export function describeProblem(
  registry: RegistryProblem | null,
  aliases: Aliases,
  failures: readonly LoadFailure[],
  servingVersion: string | null,
): string | null {
  const serving = servingVersion === null ? 'nothing is served' : `version ${servingVersion} keeps serving`;
  const problems = failures.map(({ version, reason, sinceMs }) => {
    const roles = Object.entries(aliases).flatMap(([alias, named]) => (named === version ? [alias] : []));
    return `version ${version} (${roles.join(' and ')}) can't be loaded since ${toTime(sinceMs)}: ${reason}; ${serving}`;
  });
  if (registry !== null) {
    problems.unshift(`the registry can't be read since ${toTime(registry.sinceMs)}: ${registry.reason}; ${serving}`);
  }
  return problems.length === 0 ? null : problems.join('. ');
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
