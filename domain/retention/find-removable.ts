import { followOfTag } from '../following/proposal.ts';
import type { VersionsPolicy } from '../policy.ts';
import type { Policy } from '../project.ts';

/** What the registry knows of a version. */
export interface KnownVersion {
  readonly version: string;
  /** Null while its files are there. */
  readonly removedAtMs: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
}

export interface KeptVersion {
  readonly version: string;
  /** In words. */
  readonly why: string;
}

export interface VersionRule extends VersionsPolicy {
  /** So many of the newest that were examined may lend networks to the next blend. */
  readonly lending: number;
  /** What else is needed. */
  readonly needed: readonly KeptVersion[];
}

/** @param needed by whom it may concern, besides the policy */
export function ruleOf(
  { versions, challenger }: Pick<Policy, 'versions' | 'challenger'>,
  needed: readonly KeptVersion[],
): VersionRule {
  return { ...versions, lending: challenger.blendVersions, needed };
}

/** @param lenders newest first: the newest takes part in following */
export function lenderNeeded([lender]: readonly string[]): readonly KeptVersion[] {
  return lender === undefined ? [] : [{ version: lender, why: 'lends its networks to the champion' }];
}

/** A version whose files may go. */
export interface RemovableVersion {
  readonly version: string;
  /** Versions that are made of its networks: who needs one of them examines this one. */
  readonly followers: readonly string[];
}

/** Files of no more versions than this are removed at a time. */
const mostAtOnce = 50;

/** Which versions' files may go, oldest first. */
export function findRemovable(versions: readonly KnownVersion[], rule: VersionRule): readonly RemovableVersion[] {
  const reasons = whyKept(versions, rule);
  return versions
    .filter(({ version, removedAtMs }) => removedAtMs === null && !reasons.has(version))
    .slice(0, mostAtOnce)
    .map(({ version }) => ({ version, followers: followersOf(versions, version) }));
}

/**
 * Why the files of versions stay, by version; those whose files may go are absent. A version that is named, needed or pinned takes the one
 * whose networks it is made of with it: that is the one which the gate, a probation and the monitor look at.
 *
 * @param versions in the order of their numbers
 */
export function whyKept(versions: readonly KnownVersion[], rule: VersionRule): ReadonlyMap<string, string> {
  const there = versions.filter(({ removedAtMs }) => removedAtMs === null);
  const examined = there.filter((one) => baseOf(one) === null);
  const reasons = new Map<string, string>();
  const keep = (version: string, why: string): void => {
    if (!reasons.has(version)) reasons.set(version, why);
  };
  for (const { version, aliases } of there) if (aliases.length > 0) keep(version, aliases.join(' and '));
  for (const { version, why } of rule.needed) keep(version, why);
  for (const version of rule.pinned) keep(version, 'pinned');
  for (const one of versions.filter(({ version }) => reasons.has(version))) {
    const base = baseOf(one);
    if (base !== null) keep(base, `version ${one.version} is made of its networks`);
  }
  for (const { version } of newest(examined, rule.lending)) keep(version, 'may lend networks to the next blend');
  const kept = rule.keep ?? there.length;
  for (const { version } of newest(there, kept))
    keep(version, rule.keep === null ? 'all are kept' : `one of the newest ${kept}`);
  return reasons;
}

function newest<T>(values: readonly T[], count: number): readonly T[] {
  return count === 0 ? [] : values.slice(-count);
}

function followersOf(versions: readonly KnownVersion[], base: string): readonly string[] {
  return versions.filter((one) => baseOf(one) === base).map(({ version }) => version);
}

/** The version whose networks it is made of, where it follows the labels; null for one that was examined itself. */
function baseOf({ tags }: KnownVersion): string | null {
  return tags[followOfTag] ?? null;
}
