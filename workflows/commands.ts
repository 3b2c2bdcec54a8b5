import { getExternalWorkflowHandle, isCancellation, log } from '@temporalio/workflow';
import type { ProjectRef } from '../activities/types.ts';
import type { Command, LedgerRecord } from '../domain/lifecycle/events.ts';
import { standingOf } from '../domain/lifecycle/standing.ts';
import { runProbation, runRetrain } from './children.ts';
import { describeError } from './describe-error.ts';
import type { Lifecycle } from './lifecycle.ts';
import { lookSignal, probationId } from './messages.ts';
import { control, judging } from './proxies.ts';

export interface CommandRunner {
  run(command: Command): void;
  /** True while no activity is in flight; children outlive the run. */
  isIdle(): boolean;
}

type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

/** Turns the reducer's commands into activities and children, and what they come to into events. */
export function createRunner(project: ProjectRef, lifecycle: Lifecycle): CommandRunner {
  let inFlight = 0;
  const track = (work: Promise<void>): void => {
    inFlight += 1;
    void work.finally(() => (inFlight -= 1));
  };
  const run = (command: Command): void => {
    switch (command.type) {
      case 'startRetrain':
        void runRetrain(project, lifecycle, command);
        return;
      case 'startProbation':
        void runProbation(project, lifecycle, command);
        return;
      default:
        track(runShort(project, lifecycle, command));
    }
  };
  return { run, isIdle: () => inFlight === 0 };
}

async function runShort(
  project: ProjectRef,
  { state, tell }: Lifecycle,
  command: Exclude<Command, CommandOf<'startRetrain' | 'startProbation'>>,
): Promise<void> {
  const { model } = project;
  switch (command.type) {
    case 'readAliases': {
      const aliases = await control.readAliases({ model });
      return tell({ type: 'started', nowMs: Date.now(), aliases });
    }
    case 'triage': {
      const { decisionId, signals } = command;
      const { policy, aliases, trainingData, lastKey: freshAfterKey } = state();
      const run = { decisionId, trainingData, freshAfterKey };
      const triage = await control.judgeSignals({ project, policy, champion: aliases.champion, signals, run });
      return tell({ type: 'triaged', nowMs: Date.now(), decisionId, triage });
    }
    case 'record':
      return await record(project, { state, tell }, command.record);
    case 'follow':
      return await follow(project, { state, tell }, command);
    case 'removeVersions':
      return await removeVersions(project, { state, tell }, command);
    case 'runStep':
      return await runStep(project, { state, tell }, command);
    case 'lookAgain':
      return await lookAgain(probationId(command.decisionId), command.isWaitedFor);
    case 'cancelProbation':
      return await cancelQuietly(probationId(command.decisionId));
  }
}

async function record(project: ProjectRef, { state, tell }: Lifecycle, entry: LedgerRecord): Promise<void> {
  const standing = standingOf(state(), Date.now());
  // Histories from before there were reports have no path.
  const path = (await control.appendLedger({ project, record: entry, standing })) ?? null;
  if (path !== null) tell({ type: 'reported', nowMs: Date.now(), id: entry.id, path });
}

async function follow(
  project: ProjectRef,
  { state, tell }: Lifecycle,
  { decisionId, proposal }: CommandOf<'follow'>,
): Promise<void> {
  try {
    const summary = `${decisionId}: ${proposal.reason}`;
    const version = await judging.followLabels.executeWithOptions({ summary }, [
      { project, policy: state().policy, decisionId, proposal },
    ]);
    tell({ type: 'followed', nowMs: Date.now(), decisionId, version });
  } catch (error) {
    if (isCancellation(error)) throw error;
    tell({ type: 'followFailed', nowMs: Date.now(), decisionId, reason: describeError(error) });
  }
}

async function removeVersions(
  project: ProjectRef,
  { tell }: Lifecycle,
  { decisionId, versions }: CommandOf<'removeVersions'>,
): Promise<void> {
  try {
    const summary = `${decisionId}: the files of ${versions.length} versions`;
    const gone = await judging.removeVersions.executeWithOptions({ summary }, [{ project, versions }]);
    tell({ type: 'versionsRemoved', nowMs: Date.now(), decisionId, ...gone });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const unremoved = { versions, reason: describeError(error) };
    tell({ type: 'versionsRemoved', nowMs: Date.now(), decisionId, removed: [], unremoved });
  }
}

async function runStep(project: ProjectRef, { state, tell }: Lifecycle, command: CommandOf<'runStep'>): Promise<void> {
  const { plan, step } = command;
  const { decisionId } = plan;
  const summary = `${plan.kind} ${decisionId}: ${step}`;
  try {
    const request = { project, policy: state().policy, plan, step };
    await control.runSwitchStep.executeWithOptions({ summary }, [request]);
    tell({ type: 'stepDone', nowMs: Date.now(), decisionId, step });
  } catch (error) {
    if (isCancellation(error)) throw error;
    tell({ type: 'stepFailed', nowMs: Date.now(), decisionId, step, reason: describeError(error) });
  }
}

async function lookAgain(workflowId: string, isWaitedFor: boolean): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(lookSignal, { isWaitedFor });
  } catch (error) {
    log.info('a probation that has ended was not reached', { workflowId, reason: describeError(error) });
  }
}

async function cancelQuietly(workflowId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).cancel();
  } catch (error) {
    log.info('a probation that has ended was not cancelled', { workflowId, reason: describeError(error) });
  }
}
