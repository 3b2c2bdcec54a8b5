import { noAliases, type Aliases } from '../../domain/lifecycle/aliases.ts';
import type { Command, LifecycleEvent } from '../../domain/lifecycle/events.ts';
import type { RetrainResult } from '../../domain/lifecycle/results.ts';
import type { Signal } from '../../domain/lifecycle/signals.ts';
import { outstanding } from '../../domain/lifecycle/outstanding.ts';
import { initialState, type LifecycleState } from '../../domain/lifecycle/state.ts';
import { step } from '../../domain/lifecycle/step.ts';
import { stepsOf, type Switch, type SwitchStep } from '../../domain/lifecycle/switch.ts';
import type { PolicyClock } from '../../domain/policy.ts';
import type { Policy } from '../../domain/project.ts';
import { testPolicy } from './policy.ts';

/** An event without its time: tests count the time themselves. */
type Untimed<T> = T extends unknown ? Omit<T, 'nowMs'> : never;
export type Told = Untimed<LifecycleEvent>;

/** A lifecycle in a test: tell it events, look at what it did. */
export interface Story {
  readonly state: LifecycleState;
  readonly commands: readonly Command[];
  readonly nowMs: number;
}

export function begin(policy: Partial<Policy> = {}): Story {
  return { state: initialState('electricity', { ...testPolicy, ...policy }), commands: [], nowMs: 0 };
}

export function tell(story: Story, ...events: readonly Told[]): Story {
  return events.reduce((now, event) => {
    const nowMs = now.nowMs + 1;
    const { state, commands } = step(now.state, { ...event, nowMs } as LifecycleEvent);
    return { state, commands: [...now.commands, ...commands], nowMs };
  }, story);
}

export function later(story: Story, ms: number): Story {
  return tell({ ...story, nowMs: story.nowMs + ms }, { type: 'timePassed' });
}

export function labels(count: number): PolicyClock {
  return { rows: count, labels: count, eventMs: null };
}

export const performanceDrift: Signal = { kind: 'performance-drift', reason: 'error rose from .20 to .30', atMs: 0 };

export function observed(count: number, ...signals: readonly Signal[]): Told {
  return { type: 'observed', clock: labels(count), signals, following: null, removable: [] };
}

export function gateResult(changes: Partial<RetrainResult> = {}): RetrainResult {
  return {
    outcome: 'pass',
    reason: 'challenger is better',
    version: '2',
    candidateId: 'linear/all',
    snapshotId: 's2',
    fingerprint: 'f2',
    lastKey: 'k2',
    trainings: 6,
    networks: [],
    checks: [],
    ...changes,
  };
}

/** The decision that the present stage works on. */
export function decisionOf(story: Story): string {
  const { stage } = story.state;
  if (stage.name === 'switching') return stage.plan.decisionId;
  if ('decisionId' in stage) return stage.decisionId;
  throw new Error(`no decision while ${stage.name}`);
}

/** A model that serves version 1, with version 0 to fall back to unless told otherwise. */
export function serving(policy: Partial<Policy> = {}, aliases: Partial<Aliases> = {}): Story {
  const known = { ...noAliases, champion: '1', previous: '0', ...aliases };
  return tell(begin(policy), { type: 'started', aliases: known });
}

/** From signals to the retraining that they call for. */
export function retraining(story: Story, count = 10_000): Story {
  const signalled = later(tell(story, observed(count, performanceDrift)), testPolicy.retrain.debounceMs);
  const triage = { action: 'retrain', reason: 'performance was lost' } as const;
  return tell(signalled, { type: 'triaged', decisionId: decisionOf(signalled), triage });
}

export function finishRetraining(story: Story, result: RetrainResult = gateResult()): Story {
  return tell(story, { type: 'retrainFinished', decisionId: decisionOf(story), result });
}

/** Reports every step of the switch as done. */
export function finishSwitch(story: Story): Story {
  const { stage } = story.state;
  if (stage.name !== 'switching') throw new Error(`not switching but ${stage.name}`);
  const { plan } = stage;
  const steps = stepsOf(plan);
  const left: readonly SwitchStep[] = steps.slice(steps.indexOf(stage.step));
  return tell(story, ...left.map((one) => ({ type: 'stepDone', decisionId: plan.decisionId, step: one }) as const));
}

/** Reports the steps of the switch as done, up to the one that is to be done next. */
export function advanceTo(story: Story, next: SwitchStep): Story {
  let now = story;
  while (now.state.stage.name === 'switching' && now.state.stage.step !== next) {
    now = tell(now, { type: 'stepDone', decisionId: decisionOf(now), step: now.state.stage.step });
  }
  return now;
}

/** Where a shell dies: nowhere, before a step took effect, or after it did and before that was told. */
export type Death = 'none' | 'before' | 'after';

/**
 * Runs the switch as a shell would that forgets what it did at every death and asks for the outstanding work again. Takes the
 * deaths off `deaths`, one for each try of a step; there are no more when they have run out.
 */
export function runWithDeaths(
  start: Story,
  deaths: Death[],
  takeEffect: (plan: Switch, step: SwitchStep) => void,
): Story {
  let story = start;
  while (story.state.stage.name === 'switching') {
    const [command] = outstanding(story.state);
    if (command?.type !== 'runStep') throw new Error('a switch runs steps');
    const death = deaths.shift() ?? 'none';
    if (death === 'before') continue;
    takeEffect(command.plan, command.step);
    if (death === 'after') continue;
    story = tell(story, { type: 'stepDone', decisionId: command.plan.decisionId, step: command.step });
  }
  return story;
}

/** Retrained, promoted, and now watched. */
export function onProbation(story: Story = serving(), result: RetrainResult = gateResult()): Story {
  return finishSwitch(finishRetraining(retraining(story, story.state.clock.labels + 10_000), result));
}

export function finishProbation(
  story: Story,
  outcome: 'confirmed' | 'rolled-back' | 'inconclusive',
  worldChanged: string | null = null,
): Story {
  const result = { outcome, reason: `it was ${outcome}`, checks: [], worldChanged };
  return tell(story, { type: 'probationFinished', decisionId: decisionOf(story), result });
}
