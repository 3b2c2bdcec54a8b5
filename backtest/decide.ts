import { createControlActivities, createTrainingActivities } from '../activities/index.ts';
import type { Dependencies } from '../activities/dependencies.ts';
import type { ProbationProgress, ProjectRef } from '../activities/types.ts';
import type { Command, LifecycleEvent } from '../domain/lifecycle/events.ts';
import type { ProbationResult, RetrainResult } from '../domain/lifecycle/results.ts';
import { initialState, type DecisionSummary, type LifecycleState } from '../domain/lifecycle/state.ts';
import { step } from '../domain/lifecycle/step.ts';
import type { Switch } from '../domain/lifecycle/switch.ts';
import type { Strategy } from './strategies.ts';

type Untimed<T> = T extends unknown ? Omit<T, 'nowMs'> : never;
type Told = Untimed<LifecycleEvent>;
type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

interface Watch {
  readonly decisionId: string;
  readonly plan: Switch;
  progress: ProbationProgress | null;
}

/** A model's life in a backtest: the reducer and the activities of production, with this as their shell. */
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

export function createLife(deps: Dependencies, project: ProjectRef, { policy, isGated, hears }: Strategy): Life {
  const control = createControlActivities(deps);
  const training = createTrainingActivities(deps);
  let state = initialState(project.model, policy);
  let nowMs = 0;
  let watch: Watch | null = null;
  let taken: DecisionSummary[] = [];

  const tell = async (event: Told): Promise<void> => {
    nowMs += 1;
    const before = state.stage.name;
    const next = step(state, { ...event, nowMs } as LifecycleEvent);
    ({ state } = next);
    for (const command of next.commands) await run(command);
    if (state.stage.name === 'awaiting-approval' && before !== 'awaiting-approval') await answer();
  };

  /** Nobody is there to ask: what passed the gate is approved, and a doubtful promotion is taken back. */
  const answer = async (): Promise<void> => {
    const { stage } = state;
    if (stage.name !== 'awaiting-approval') return;
    const by = 'backtest';
    if (stage.subject === 'challenger') await tell({ type: 'approved', by, reason: 'it passed', override: false });
    else await tell({ type: 'rejected', by, reason: 'nobody is there to ask' });
  };

  const run = async (command: Command): Promise<void> => {
    const { model } = project;
    switch (command.type) {
      case 'readAliases':
        return await tell({ type: 'started', aliases: await control.readAliases({ model }) });
      case 'triage':
        return await tell({
          type: 'triaged',
          decisionId: command.decisionId,
          triage: await control.judgeSignals({ signals: command.signals }),
        });
      case 'startRetrain':
        return await tell({
          type: 'retrainFinished',
          decisionId: command.decisionId,
          result: await retrain(command),
        });
      case 'runStep':
        await control.runSwitchStep({ project, policy, plan: command.plan, step: command.step });
        return await tell({ type: 'stepDone', decisionId: command.plan.decisionId, step: command.step });
      case 'startProbation':
        watch = { decisionId: command.decisionId, plan: command.plan, progress: null };
        return;
      case 'lookAgain':
        return await lookAtProbation(command.isWaitedFor);
      case 'cancelProbation':
        watch = null;
        return;
      case 'record':
        taken.push(command.record);
        return await control.appendLedger({ model, record: command.record });
    }
  };

  const retrain = async ({
    decisionId,
    trainingData,
    freshAfterKey,
  }: CommandOf<'startRetrain'>): Promise<RetrainResult> => {
    const { champion } = state.aliases;
    const snapshot = await control.takeSnapshot({ project, policy, trainingData, freshAfterKey, champion });
    if (snapshot.outcome === 'blocked') return blocked(snapshot.reason);
    const { snapshotId, fingerprint, candidates } = snapshot;
    const trained = [];
    for (const candidate of candidates) {
      trained.push(await training.trainCandidate({ project, policy, decisionId, snapshotId, candidate }));
    }
    const result = await control.faceChampion({
      project,
      policy,
      decisionId,
      snapshotId,
      fingerprint,
      champion,
      trained,
    });
    return isGated ? result : { ...result, outcome: 'pass', reason: 'promoted without a gate' };
  };

  const lookAtProbation = async (isWaitedFor: boolean): Promise<void> => {
    if (watch === null) return;
    const { decisionId, plan, progress } = watch;
    const { champion } = plan.after;
    const previous = plan.before.champion;
    if (champion === null || previous === null) return;
    const look = await control.lookAtProbation({ project, policy, champion, previous, progress, isWaitedFor });
    watch.progress = look.progress;
    const { outcome, reason, checks } = look.verdict;
    if (outcome === 'continue') return;
    watch = null;
    const result: ProbationResult = { outcome, reason, checks };
    await tell({ type: 'probationFinished', decisionId, result });
  };

  const pass = async (): Promise<void> => {
    nowMs += leapMs;
    await tell({ type: 'timePassed' });
  };

  return {
    state: () => state,
    async begin() {
      await run({ type: 'readAliases' });
      await pass();
    },
    async look() {
      const { model } = project;
      const { clock, signals, cursor } = await control.observe({ project });
      if (cursor !== null) await control.saveCursor({ model, cursor });
      await tell({ type: 'observed', clock, signals: signals.filter(hears) });
      await pass();
    },
    decisions() {
      const seen = taken;
      taken = [];
      return seen;
    },
  };
}

function blocked(reason: string): RetrainResult {
  return {
    outcome: 'blocked',
    reason,
    version: null,
    candidateId: null,
    snapshotId: null,
    fingerprint: null,
    lastKey: null,
    trainings: 0,
    checks: [],
  };
}
