import { createControlActivities, createTrainingActivities } from '../activities/index.ts';
import type { Dependencies } from '../activities/dependencies.ts';
import type { ControlActivities, ProbationProgress, ProjectRef, TrainingActivities } from '../activities/types.ts';
import { contendersOf, watchPolicyOf } from '../domain/lifecycle/canary.ts';
import type { Command, LifecycleEvent } from '../domain/lifecycle/events.ts';
import type { RetrainResult } from '../domain/lifecycle/results.ts';
import { initialState, type DecisionSummary, type LifecycleState } from '../domain/lifecycle/state.ts';
import { standingOf } from '../domain/lifecycle/standing.ts';
import { step } from '../domain/lifecycle/step.ts';
import { isAskedFor } from '../domain/lifecycle/signals.ts';
import type { Switch } from '../domain/lifecycle/switch.ts';
import { findChallenger } from '../workflows/find-challenger.ts';
import type { Strategy } from './strategies.ts';

type Untimed<T> = T extends unknown ? Omit<T, 'nowMs'> : never;
type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

interface Watch {
  readonly decisionId: string;
  readonly plan: Switch;
  readonly progress: ProbationProgress | null;
  readonly afterId: string | null;
}

/** A model's life in a backtest: the reducer and the activities of production, with this as their shell. */
interface Shell {
  readonly project: ProjectRef;
  readonly strategy: Strategy;
  readonly control: ControlActivities;
  readonly training: TrainingActivities;
  state: LifecycleState;
  nowMs: number;
  /** The running probation. */
  watch: Watch | null;
  taken: DecisionSummary[];
}

export interface Life {
  state(): LifecycleState;
  /** Reads the aliases, and trains the first champion. */
  begin(): Promise<void>;
  /** The monitor looks, and what follows happens. */
  look(): Promise<void>;
  /** Decisions taken since the last time this was asked. */
  decisions(): readonly DecisionSummary[];
}

/** Longer than any wait of a policy: debounce and approval never hold up a backtest. */
const leapMs = 1e9;

export function createLife(deps: Dependencies, project: ProjectRef, strategy: Strategy): Life {
  const shell: Shell = {
    project,
    strategy,
    control: createControlActivities(deps),
    training: createTrainingActivities(deps),
    state: initialState(project.model, strategy.policy),
    nowMs: 0,
    watch: null,
    taken: [],
  };
  return {
    state: () => shell.state,
    async begin() {
      await run(shell, { type: 'readAliases' });
      await pass(shell);
      await crownWhoeverThereIs(shell);
    },
    look: () => look(shell),
    decisions() {
      const seen = shell.taken;
      shell.taken = [];
      return seen;
    },
  };
}

/** A first champion that beats nothing waits for a person in production; here somebody has to serve. */
async function crownWhoeverThereIs(shell: Shell): Promise<void> {
  const { aliases, turnedDown } = shell.state;
  if (aliases.champion !== null || turnedDown === null) return;
  await tell(shell, { type: 'approved', by: 'backtest', reason: 'somebody has to serve', override: true });
}

async function look(shell: Shell): Promise<void> {
  const { control, project, strategy } = shell;
  const { clock, signals, cursor, following, removable } = await control.observe({ project });
  if (cursor !== null) await control.saveCursor({ model: project.model, cursor });
  await tell(shell, { type: 'observed', clock, signals: signals.filter(strategy.hears), following, removable });
  await pass(shell);
}

async function pass(shell: Shell): Promise<void> {
  shell.nowMs += leapMs;
  await tell(shell, { type: 'timePassed' });
}

async function tell(shell: Shell, event: Untimed<LifecycleEvent>): Promise<void> {
  shell.nowMs += 1;
  const before = shell.state.stage.name;
  const { state, commands } = step(shell.state, { ...event, nowMs: shell.nowMs });
  shell.state = state;
  for (const command of commands) await run(shell, command);
  if (shell.state.stage.name === 'awaiting-approval' && before !== 'awaiting-approval') await answer(shell);
}

/** Nobody is there to ask: what passed the gate is approved, and a doubtful promotion is taken back. */
async function answer(shell: Shell): Promise<void> {
  const { stage } = shell.state;
  if (stage.name !== 'awaiting-approval') return;
  const by = 'backtest';
  if (stage.subject === 'challenger') await tell(shell, { type: 'approved', by, reason: 'it passed', override: false });
  else await tell(shell, { type: 'rejected', by, reason: 'nobody is there to ask' });
}

async function run(shell: Shell, command: Command): Promise<void> {
  const { control, project, strategy } = shell;
  const { model } = project;
  switch (command.type) {
    case 'readAliases':
      return await tell(shell, { type: 'started', aliases: await control.readAliases({ model }) });
    case 'triage':
      return await tell(shell, {
        type: 'triaged',
        decisionId: command.decisionId,
        triage: await control.judgeSignals({
          project,
          policy: strategy.policy,
          champion: shell.state.aliases.champion,
          signals: command.signals,
        }),
      });
    case 'startRetrain': {
      const result = await retrain(shell, command);
      return await tell(shell, { type: 'retrainFinished', decisionId: command.decisionId, result });
    }
    case 'follow':
      return await follow(shell, command);
    case 'removeVersions':
      return await removeVersions(shell, command);
    case 'runStep':
      await control.runSwitchStep({ project, policy: strategy.policy, plan: command.plan, step: command.step });
      return await tell(shell, { type: 'stepDone', decisionId: command.plan.decisionId, step: command.step });
    case 'startProbation':
      shell.watch = {
        decisionId: command.decisionId,
        plan: command.plan,
        progress: null,
        afterId: command.afterId,
      };
      return;
    case 'lookAgain':
      return await lookAtProbation(shell, command.isWaitedFor);
    case 'cancelProbation':
      shell.watch = null;
      return;
    case 'record':
      return await record(shell, command);
  }
}

async function follow(shell: Shell, { decisionId, proposal }: CommandOf<'follow'>): Promise<void> {
  const { control, project, strategy } = shell;
  const version = await control.followLabels({ project, policy: strategy.policy, decisionId, proposal });
  await tell(shell, { type: 'followed', decisionId, version });
}

async function removeVersions(shell: Shell, { decisionId, versions }: CommandOf<'removeVersions'>): Promise<void> {
  const { control, project } = shell;
  const gone = await control.removeVersions({ project, versions });
  await tell(shell, { type: 'versionsRemoved', decisionId, ...gone });
}

async function record(shell: Shell, { record: entry }: CommandOf<'record'>): Promise<void> {
  const { control, project, state, nowMs } = shell;
  shell.taken.push(entry);
  await control.appendLedger({ project, record: entry, standing: standingOf(state, nowMs) });
}

async function retrain(
  { control, training, project, strategy, state }: Shell,
  { decisionId, mode, signals, trainingData, freshAfterKey, quarantined, exams }: CommandOf<'startRetrain'>,
): Promise<RetrainResult> {
  const { policy, isGated } = strategy;
  const { champion } = state.aliases;
  const request = {
    project,
    policy,
    decisionId,
    mode,
    isAskedFor: isAskedFor(signals),
    trainingData,
    freshAfterKey,
    champion,
    quarantined,
    exams,
  };
  const faceChampion: ControlActivities['faceChampion'] = async (exam) => {
    const result = await control.faceChampion(exam);
    return isGated ? result : { ...result, outcome: 'pass', reason: 'promoted without a gate' };
  };
  return await findChallenger(request, {
    judging: { ...control, faceChampion },
    train: (one) => training.trainCandidate(one),
    blend: (one) => training.blendCandidates(one),
    onSnapshot: () => undefined,
    onStopped: () => undefined,
    allFailed: () => new Error('no candidate could be trained'),
  });
}

async function lookAtProbation(shell: Shell, isWaitedFor: boolean): Promise<void> {
  if (shell.watch === null) return;
  const { control, project, strategy, watch } = shell;
  const { decisionId, plan, progress, afterId } = watch;
  const { incoming: champion, outgoing: previous } = contendersOf(plan);
  if (champion === null || previous === null) return;
  const policy = { ...strategy.policy, probation: watchPolicyOf(strategy.policy, plan) };
  const request = { project, policy, decisionId, champion, previous, progress, afterId, isWaitedFor };
  const seen = await control.lookAtProbation(request);
  const { outcome, reason, checks, worldChanged } = seen.verdict;
  shell.watch = outcome === 'continue' ? { ...watch, progress: seen.progress } : null;
  if (outcome !== 'continue') {
    const result = { outcome, reason, checks, worldChanged, lastId: seen.progress.lastId };
    await tell(shell, { type: 'probationFinished', decisionId, result });
  }
}
