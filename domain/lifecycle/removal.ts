import type { KeptVersion, RemovableVersion } from '../retention/find-removable.ts';
import { change, command, keep, nextDecision, record, type Draft } from './draft.ts';
import { inQuarantine } from './quarantine.ts';
import type { LifecycleState, Stage } from './state.ts';
import type { Switch } from './switch.ts';

/** What a model's life may still ask for: these versions keep their files whatever their age. */
export function neededVersions(state: LifecycleState): readonly KeptVersion[] {
  const { aliases, turnedDown, lastPromotion } = state;
  const named = Object.entries(aliases) as readonly [string, string | null][];
  return [
    ...toKept(named.map(([alias, version]) => [version, alias])),
    ...plansOf(state.stage).flatMap((plan) => ofPlan(plan, `the ${plan.kind} that is under way names it`)),
    ...(lastPromotion === null ? [] : ofPlan(lastPromotion, 'a rollback of the last promotion may go back to it')),
    ...toKept([[turnedDown?.version ?? null, 'an override may promote it']]),
    ...(state.stage.name === 'awaiting-approval' ? [{ version: state.stage.version, why: 'it awaits a person' }] : []),
    ...inQuarantine(state).map(({ version }) => ({ version, why: 'in quarantine: challengers are compared with it' })),
  ];
}

function plansOf(stage: Stage): readonly Switch[] {
  return 'plan' in stage && stage.plan !== undefined ? [stage.plan] : [];
}

function ofPlan({ before, after }: Switch, why: string): readonly KeptVersion[] {
  return toKept([...Object.values(before), ...Object.values(after)].map((version: string | null) => [version, why]));
}

function toKept(named: readonly (readonly [string | null, string])[]): readonly KeptVersion[] {
  return named.flatMap(([version, why]) => (version === null ? [] : [{ version, why }]));
}

/**
 * Lets the files of versions go that nobody needs any more, while the model serves or is on probation: any other stage may be about to make, to examine or to
 * move versions, and a pause is no time to lose anything.
 */
export function considerRemoval(draft: Draft, removable: readonly RemovableVersion[]): Draft {
  const { state } = draft;
  const isQuiet = state.stage.name === 'serving' || state.stage.name === 'probation';
  if (removable.length === 0 || !isQuiet || state.paused !== null) return draft;
  const needed = new Set(neededVersions(state).map(({ version }) => version));
  const versions = removable
    .filter(({ version, followers }) => ![version, ...followers].some((one) => needed.has(one)))
    .map(({ version }) => version);
  if (versions.length === 0) return draft;
  const next = nextDecision(draft);
  return command(next.draft, { type: 'removeVersions', decisionId: next.decisionId, versions });
}

export interface Unremoved {
  readonly versions: readonly string[];
  /** What kept the first of them. */
  readonly reason: string;
}

export interface Removed {
  readonly decisionId: string;
  readonly removed: readonly string[];
  /** Null where all were removed. */
  readonly unremoved: Unremoved | null;
}

/** What is gone goes into the history. What could not be removed needs a person, who is told once; it is tried again at every look. */
export function applyRemoved(state: LifecycleState, { decisionId, removed, unremoved }: Removed, nowMs: number): Draft {
  const [before, now] = [describeUnremoved(state.unremoved), describeUnremoved(unremoved)];
  const attention = state.attention === null || state.attention === before ? now : state.attention;
  const noted = change(keep(state), { unremoved, attention });
  const told = removed.length === 0 ? noted : noteRemoved(noted, { decisionId, removed }, nowMs);
  const isNews = unremoved !== null && unremoved.versions.join() !== state.unremoved?.versions.join();
  if (!isNews) return told;
  return record(told, {
    id: `${decisionId}/not-removed`,
    kind: 'removing versions failed',
    atMs: nowMs,
    summary: now ?? '',
    evidence: unremoved,
  });
}

function noteRemoved(draft: Draft, { decisionId, removed }: Omit<Removed, 'unremoved'>, nowMs: number): Draft {
  const { keep: kept, pinned } = draft.state.policy.versions;
  const rule = `the newest ${kept ?? 0} are kept, and what is named or needed`;
  return record(draft, {
    id: `${decisionId}/removed`,
    kind: 'remove versions',
    atMs: nowMs,
    summary: `removed the files of ${nameVersions(removed)}: ${rule}; what is known of them stays`,
    evidence: { versions: removed, keep: kept, pinned },
  });
}

function describeUnremoved(unremoved: Unremoved | null): string | null {
  return unremoved && `the files of ${nameVersions(unremoved.versions)} could not be removed: ${unremoved.reason}`;
}

function nameVersions(versions: readonly string[]): string {
  return versions.length === 1 ? `version ${versions[0]}` : `versions ${versions.join(', ')}`;
}
