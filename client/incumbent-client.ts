import type { Client, WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { ProjectRef } from '../activities/types.ts';
import type { Request } from '../domain/lifecycle/events.ts';
import type { DecisionSummary } from '../domain/lifecycle/state.ts';
import type { Policy } from '../domain/project.ts';
import type { KeptVersion } from '../domain/retention/find-removable.ts';
import {
  approveUpdate,
  controlQueue,
  historyQuery,
  lifecycleId,
  neededVersionsQuery,
  pauseUpdate,
  policyQuery,
  probationId,
  progressQuery,
  raiseSignalSignal,
  rejectUpdate,
  releaseUpdate,
  resumeUpdate,
  retrainUpdate,
  rollbackUpdate,
  setPolicyUpdate,
  statusQuery,
  type ApproveMessage,
  type LifecycleInput,
  type LifecycleStatus,
  type ReleaseMessage,
  type RetrainMessage,
  type SetPolicyMessage,
} from '../workflows/messages.ts';
import { explainError } from './explain-error.ts';
import { ensureMonitorSchedule, lookNow } from './monitor-schedule.ts';

/** Everything an operator, or a program in their stead, may ask of Incumbent. Refusals are ClientErrors with the reason. */
export interface IncumbentClient {
  /** Starts the model's lifecycle, or finds the one that runs. */
  startLifecycle(project: ProjectRef, policy: Policy): Promise<void>;
  /** Creates the monitor's Schedule or brings it up to date. */
  ensureSchedule(project: ProjectRef, everyMs: number): Promise<void>;
  /** One look of the monitor now, and all that the lifecycle is told by it. */
  observeNow(project: ProjectRef): Promise<void>;
  /** Names of the models that have a running lifecycle. */
  listModels(): Promise<readonly string[]>;
  status(model: string): Promise<LifecycleStatus>;
  /** The newest decisions, oldest first; the ledger has them all. */
  history(model: string): Promise<readonly DecisionSummary[]>;
  policy(model: string): Promise<Policy>;
  /** Versions that keep their files because the model may still ask for them. */
  neededVersions(model: string): Promise<readonly KeptVersion[]>;
  /** How often the probation of a decision has looked at its labels; null when there is none. */
  probationProgress(decisionId: string): Promise<{ readonly looks: number; readonly summary: string } | null>;
  retrain(model: string, message: RetrainMessage): Promise<LifecycleStatus>;
  approve(model: string, message: ApproveMessage): Promise<LifecycleStatus>;
  reject(model: string, request: Request): Promise<LifecycleStatus>;
  pause(model: string, request: Request): Promise<LifecycleStatus>;
  resume(model: string, request: Request): Promise<LifecycleStatus>;
  rollback(model: string, request: Request): Promise<LifecycleStatus>;
  /** Takes a rolled-back version out of quarantine. */
  release(model: string, message: ReleaseMessage): Promise<LifecycleStatus>;
  setPolicy(model: string, message: SetPolicyMessage): Promise<LifecycleStatus>;
  /** Tells the lifecycle of a reason to look that another system has found. */
  raiseSignal(model: string, signal: { readonly reason: string; readonly source: string }): Promise<void>;
}

export function createIncumbentClient(client: Client): IncumbentClient {
  const ask = async <T>(model: string, question: (handle: WorkflowHandle) => Promise<T>): Promise<T> => {
    try {
      return await question(client.workflow.getHandle(lifecycleId(model)));
    } catch (error) {
      throw explainError(error, model);
    }
  };
  const update =
    <T extends Request>(definition: UpdateDefinition<LifecycleStatus, [T]>) =>
    (model: string, message: T): Promise<LifecycleStatus> =>
      ask(model, (handle) => handle.executeUpdate(definition, { args: [message] }));

  return {
    startLifecycle: (project, policy) => startLifecycle(client, project, policy),
    ensureSchedule: (project, everyMs) => ensureMonitorSchedule(client, project, everyMs),
    observeNow: (project) => lookNow(client, project),
    listModels: () => listModels(client),
    status: (model) => ask(model, (handle) => handle.query(statusQuery)),
    history: (model) => ask(model, (handle) => handle.query(historyQuery)),
    policy: (model) => ask(model, (handle) => handle.query(policyQuery)),
    neededVersions: (model) => ask(model, (handle) => handle.query(neededVersionsQuery)),
    async probationProgress(decisionId) {
      const handle = client.workflow.getHandle(probationId(decisionId));
      return await handle.query(progressQuery).catch(() => null);
    },
    retrain: update(retrainUpdate),
    approve: update(approveUpdate),
    reject: update(rejectUpdate),
    pause: update(pauseUpdate),
    resume: update(resumeUpdate),
    rollback: update(rollbackUpdate),
    release: update(releaseUpdate),
    setPolicy: update(setPolicyUpdate),
    raiseSignal: (model, signal) => ask(model, (handle) => handle.signal(raiseSignalSignal, signal)),
  };
}

async function startLifecycle(client: Client, project: ProjectRef, policy: Policy): Promise<void> {
  const input: LifecycleInput = { project, policy };
  await client.workflow.start('lifecycle', {
    workflowId: lifecycleId(project.model),
    taskQueue: controlQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `The life of ${project.model}`,
    args: [input],
  });
}

async function listModels(client: Client): Promise<readonly string[]> {
  const models: string[] = [];
  const query = "WorkflowType = 'lifecycle' AND ExecutionStatus = 'Running'";
  for await (const { workflowId } of client.workflow.list({ query }))
    models.push(workflowId.replace(/^lifecycle\//, ''));
  return models.toSorted();
}
