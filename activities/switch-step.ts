import { setTimeout as sleep } from 'node:timers/promises';
import type { Canary, ReplicaStatus } from '../adapters/ports/replicas.ts';
import { contendersOf } from '../domain/lifecycle/canary.ts';
import type { Switch } from '../domain/lifecycle/switch.ts';
import { describePlan } from '../domain/lifecycle/switching.ts';
import type { Dependencies } from './dependencies.ts';
import { failureTypes, finalFailure } from './failures.ts';
import { withHeartbeat } from './heartbeat.ts';
import { currentScope } from './scope.ts';
import type { StepRequest } from './types.ts';

const lookEveryMs = 100;

/** One step of a promotion, rollback or undo. Each may be repeated: the plan says what to write, not what to change. */
export async function runSwitchStep(deps: Dependencies, request: StepRequest): Promise<void> {
  await withHeartbeat(() => runStep(deps, request));
}

async function runStep(deps: Dependencies, request: StepRequest): Promise<void> {
  const { plan, step } = request;
  const { model } = request.project;
  switch (step) {
    case 'record-intent':
      return await recordIntent(deps, model, plan);
    case 'stage':
      return await deps.registry.setAlias(model, 'challenger', contendersOf(plan).incoming);
    case 'verify-staged':
      return await verifyStaged(deps, request);
    case 'set-previous':
      return await deps.registry.setAlias(model, 'previous', plan.after.previous);
    case 'set-champion':
      return await deps.registry.setAlias(model, 'champion', plan.after.champion);
    case 'clear-challenger':
      return await deps.registry.setAlias(model, 'challenger', null);
    case 'set-share':
      return await deps.canaries.write(model, canaryOf(plan));
    case 'verify-share':
      return await verifyShare(deps, request);
    case 'verify-serving':
      return await verifyServing(deps, request);
  }
}

/** What a plan leaves open when it is done. */
function canaryOf(plan: Switch): Canary | null {
  const { incoming } = contendersOf(plan);
  const share = plan.canary?.share ?? null;
  return share === null || incoming === null ? null : { version: incoming, share };
}

/** Every replica sends the challenger its share. */
async function verifyShare(deps: Dependencies, request: StepRequest): Promise<void> {
  await untilReady(deps, request, (replica) => whyNotShared(replica, request));
}

function whyNotShared({ canary, problem }: ReplicaStatus, { plan }: StepRequest): string | null {
  const wanted = canaryOf(plan);
  if (canary?.version === wanted?.version && canary?.share === wanted?.share) return null;
  const found = canary === null ? 'the champion answers all' : `version ${canary.version} answers ${canary.share}`;
  return problem ?? `${found} of the entities still`;
}

async function recordIntent({ ledger }: Dependencies, model: string, plan: Switch): Promise<void> {
  await ledger.append(model, {
    id: `${plan.decisionId}/intent`,
    atMs: Date.now(),
    kind: `${plan.kind} intended`,
    summary: `${describePlan(plan)}: ${plan.reason}`,
    evidence: plan,
  });
}

/** Every replica has the version loaded beside the champion: from here on the switch itself is instant. */
async function verifyStaged(deps: Dependencies, request: StepRequest): Promise<void> {
  await untilReady(deps, request, (replica) => whyNotStaged(replica, request));
}

/** Null when the replica has the version loaded and its golden predictions hold. */
function whyNotStaged(replica: ReplicaStatus, { plan, policy }: StepRequest): string | null {
  const { incoming } = contendersOf(plan);
  const loaded = replica.loaded.find(({ version }) => version === incoming);
  if (loaded === undefined) return replica.problem ?? `version ${incoming ?? 'none'} is not loaded yet`;
  if (loaded.goldenMaxDifference <= policy.serving.goldenTolerance) return null;
  return `golden predictions differ by ${loaded.goldenMaxDifference}, ${policy.serving.goldenTolerance} is allowed`;
}

function whyNotServing(replica: ReplicaStatus, request: StepRequest): string | null {
  const { plan } = request;
  if (plan.canary !== undefined && whyNotShared(replica, request) !== null) return whyNotShared(replica, request);
  if (replica.serving === plan.after.champion) return null;
  return replica.problem ?? `it still serves version ${replica.serving ?? 'none'}`;
}

/** Every replica serves the version, the registry says so too, and golden predictions come out right over the wire. */
async function verifyServing(deps: Dependencies, request: StepRequest): Promise<void> {
  const { plan, policy } = request;
  const { model } = request.project;
  const aliases = await deps.registry.getAliases(model);
  if (aliases.champion !== plan.after.champion || aliases.previous !== plan.after.previous) {
    const found = `champion ${aliases.champion ?? 'none'}, previous ${aliases.previous ?? 'none'}`;
    throw finalFailure(failureTypes.aliasMoved, `somebody else moved the aliases: found ${found}`);
  }
  const version = plan.after.champion;
  if (version === null) return;
  const replicas = await untilReady(deps, request, (replica) => whyNotServing(replica, request));
  for (const replica of replicas) {
    const difference = await deps.replicas.verifyGolden(replica, model, version);
    if (difference <= policy.serving.goldenTolerance) continue;
    const allowed = policy.serving.goldenTolerance;
    const message = `${replica.url} answers golden rows with a difference of ${difference}, ${allowed} is allowed`;
    throw finalFailure(failureTypes.goldenMismatch, message);
  }
}

/** Waits until no replica objects, for as long as the policy allows. */
async function untilReady(
  { replicas }: Dependencies,
  { project, policy }: StepRequest,
  whyNot: (replica: ReplicaStatus) => string | null,
): Promise<readonly ReplicaStatus[]> {
  const { minReplicas, replicaTimeoutMs } = policy.serving;
  const { signal } = currentScope();
  const deadlineMs = Date.now() + replicaTimeoutMs;
  let objection = '';
  do {
    const found = await listQuietly(replicas, project.model);
    objection = typeof found === 'string' ? found : (firstObjection(found, minReplicas, whyNot) ?? '');
    if (objection === '' && typeof found !== 'string') return found;
    await sleep(lookEveryMs, undefined, { signal });
  } while (Date.now() < deadlineMs);
  throw finalFailure(failureTypes.replicasNotReady, `after ${replicaTimeoutMs / 1000} s: ${objection}`);
}

/** A replica that does not answer is an objection, not a failure: it may be restarting. */
async function listQuietly(
  replicas: Dependencies['replicas'],
  model: string,
): Promise<readonly ReplicaStatus[] | string> {
  try {
    return await replicas.list(model);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function firstObjection(
  found: readonly ReplicaStatus[],
  minReplicas: number,
  whyNot: (replica: ReplicaStatus) => string | null,
): string | null {
  if (found.length < minReplicas) {
    return `${found.length} replicas of the prediction service are alive, ${minReplicas} are needed`;
  }
  for (const replica of found) {
    const objection = whyNot(replica);
    if (objection !== null) return `${replica.replicaId} (${replica.url}): ${objection}`;
  }
  return null;
}
