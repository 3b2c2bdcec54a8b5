import { openLedger } from '../../adapters/ledger/file-ledger.ts';
import { noTrust } from '../../adapters/registry/keys.ts';
import { homeAt } from '../../config/home.ts';
import { listLenders } from '../../domain/following/lender.ts';
import { followOfTag } from '../../domain/following/proposal.ts';
import { lenderNeeded, ruleOf, whyKept, type KeptVersion } from '../../domain/retention/find-removable.ts';
import { openHomeRegistry } from '../home-registry.ts';
import type { IncumbentClient } from '../incumbent-client.ts';

export interface VersionsRequest {
  readonly model: string;
  readonly home: string;
  /** Instead of the policy's. */
  readonly keep?: number;
}

export interface ShownVersion {
  readonly version: string;
  readonly createdAtMs: number;
  /** The candidate that it is. */
  readonly what: string;
  /** The version that passed the gate, where it follows the labels; null for one that was examined itself. */
  readonly followOf: string | null;
  /** What the gate said. */
  readonly gate: string | null;
  readonly aliases: readonly string[];
  /** When its files were removed; null while they are there. */
  readonly removedAtMs: number | null;
  /** Why its files stay; null where they are gone, or may go. */
  readonly kept: string | null;
}

/** The versions of a model, oldest first, with what the policy in force (or another number) makes of each. */
export async function listVersions(
  client: Pick<IncumbentClient, 'policy' | 'neededVersions'>,
  { model, home, keep }: VersionsRequest,
): Promise<readonly ShownVersion[]> {
  const policy = await client.policy(model);
  const versions = await (await openHomeRegistry(home, noTrust)).listVersions(model);
  const champion = versions.find(({ aliases }) => aliases.includes('champion'));
  const base = champion?.tags[followOfTag] ?? champion?.version ?? null;
  const needed = [...(await client.neededVersions(model)), ...(await findLent(home, model, base))];
  const asked = keep === undefined ? policy.versions : { ...policy.versions, keep };
  const reasons = whyKept(versions, ruleOf({ ...policy, versions: asked }, needed));
  return versions.map(({ version, createdAtMs, tags, aliases, removedAtMs }) => ({
    version,
    createdAtMs,
    what: tags.candidate ?? '',
    followOf: tags[followOfTag] ?? null,
    gate: tags.gate ?? null,
    aliases,
    removedAtMs,
    kept: removedAtMs === null ? (reasons.get(version) ?? null) : null,
  }));
}

async function findLent(home: string, model: string, base: string | null): Promise<readonly KeptVersion[]> {
  if (base === null) return [];
  const ledger = await openLedger({ directory: homeAt(home).ledger });
  return lenderNeeded(listLenders(await ledger.read(model), base));
}
