import type { Network } from '../adapters/ports/model-packages.ts';
import { ownShares, standingShares } from '../domain/following/experts.ts';
import { beginFollowing, follow, type FollowState } from '../domain/following/follow.ts';
import { lend } from '../domain/following/lend.ts';
import { proposeShares, standStill, type FollowProposal } from '../domain/following/proposal.ts';
import type { Policy } from '../domain/project.ts';
import { isHistorical, isOfExtract } from '../domain/snapshot/row-keys.ts';
import type { DataSchema } from '../domain/table.ts';
import type { Task } from '../domain/task.ts';
import type { Dependencies } from './dependencies.ts';
import { findLender } from './find-lender.ts';
import { newestRows } from './gather-rows.ts';
import { currentScope } from './scope.ts';

export interface FollowQuestion {
  readonly model: string;
  /** The version that serves. */
  readonly serving: string;
  /** The version that passed the gate: the same, or the one whose networks it is made of. */
  readonly base: string;
  readonly task: Task;
  readonly schema: DataSchema;
  /** Mature outcomes after this one, up to and including that one; null: there are none. */
  readonly afterId: string | null;
  readonly upToId: string | null;
  readonly before: FollowState | null;
}

export interface FollowLook {
  /** Null where nothing is followed. */
  readonly state: FollowState | null;
  readonly proposal: FollowProposal | null;
}

/** More rows at once say no more about now. */
const mostRows = 20_000;

/** What the newest mature labels say of the champion's networks, and the shares that they call for. */
export async function lookAtFollowing(
  deps: Dependencies,
  question: FollowQuestion,
  policy: Policy,
): Promise<FollowLook> {
  const { model, serving, base } = question;
  const follows = policy.challenger.follow;
  if (!follows && serving === base) return { state: null, proposal: null };
  const { state, networks } = await takeStand(deps, question);
  const served = { champion: serving, served: await sharesOf(deps, model, serving, state) };
  if (!follows) return { state: null, proposal: standStill(state, served) };
  const learned = await learn(deps, question, networks, { state, served: served.served });
  return { state: learned, proposal: proposeShares(learned, served, policy.probation.alpha) };
}

/** What was known before the new labels, of the networks that there are now. */
async function takeStand(deps: Dependencies, { model, base, task, before }: FollowQuestion) {
  const { own, theirs, lender } = await listFollowed(deps, model, base);
  const { tags } = await deps.registry.getVersion(model, base);
  const standing = own.map(({ weight }) => weight);
  const champion = { base, task, standing, blockRows: Number(tags.blockRows ?? 1) };
  const known = before?.base === base ? before : beginFollowing(champion, before);
  const shares = theirs.map(({ weight }) => weight);
  return { state: lend(known, lender === null ? null : { version: lender, shares }), networks: [...own, ...theirs] };
}

/** The champion's networks, and those that are lent to it. */
async function listFollowed(deps: Dependencies, model: string, base: string) {
  const own = await listSingly(deps, await deps.registry.fetchPackage(model, base));
  const lender = own.areSingle ? await findLender(deps, model, base) : null;
  const theirs = lender === null ? null : await listSingly(deps, lender.packageDirectory);
  if (lender === null || theirs?.areSingle !== true) return { own: own.networks, theirs: [], lender: null };
  return { own: own.networks, theirs: theirs.networks, lender: lender.version };
}

/** A calibrator on top of a blend goes with its shares: such a one is followed as a whole, and lends nothing. */
async function listSingly({ packages }: Dependencies, packageDirectory: string) {
  const networks = await packages.listNetworks(packageDirectory);
  const isBlend = (await packages.readBlend(packageDirectory)) !== null;
  return { networks, areSingle: networks.length > 1 || !isBlend };
}

/** Of the version that serves, by expert; what was lent by another version counts for nothing. */
async function sharesOf({ registry, packages }: Dependencies, model: string, serving: string, state: FollowState) {
  const followed = await packages.readFollowing(await registry.fetchPackage(model, serving));
  const standing = standingShares(state.panel);
  if (followed === null) return standing;
  const own = ownShares(state.panel).length;
  const shares = followed.lent === state.lent ? followed.shares.flat() : followed.shares.slice(0, own).flat();
  const sum = shares.reduce((total, share) => total + share, 0);
  return Float64Array.from(standing, (_, expert) => (sum > 0 ? (shares[expert] ?? 0) / sum : standing[expert]!));
}

/** Rows that a network may have been trained on say nothing of it. */
async function learn(
  { store, packages, runtime }: Dependencies,
  { model, schema, afterId, upToId }: FollowQuestion,
  networks: readonly Network[],
  { state, served }: { readonly state: FollowState; readonly served: ArrayLike<number> },
): Promise<FollowState> {
  if (upToId === null) return state;
  const directories = networks.map(({ packageDirectory }) => packageDirectory);
  const signatures = await Promise.all(directories.map((directory) => packages.readSignature(directory)));
  const from = newestPrediction([afterId, ...signatures.map(({ lastKey }) => lastKey)]);
  if (from !== null && from >= upToId) return state;
  const after = from === null ? {} : { afterId: from };
  const { table, labels } = newestRows(await store.readLabelled({ model, schema, upToId, ...after }), mostRows);
  if (labels.length === 0) return state;
  const outputs = await runtime.scoreTable(directories, table, currentScope().signal);
  return follow(state, { labels, outputs }, served);
}

/** Of keys of rows; those of the project's history are older than any prediction. */
function newestPrediction(keys: readonly (string | null)[]): string | null {
  const predictions = keys.filter((key) => key !== null && !isHistorical(key) && !isOfExtract(key));
  return predictions.reduce((newest, key) => (newest === null || key! > newest ? key : newest), null);
}
