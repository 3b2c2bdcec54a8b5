import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { describeStage, describeState } from '../domain/lifecycle/describe.ts';
import type { LifecycleEvent } from '../domain/lifecycle/events.ts';
import { completePolicy, completeState } from '../domain/lifecycle/kept-state.ts';
import { outstanding } from '../domain/lifecycle/outstanding.ts';
import { nextDeadlineMs } from '../domain/lifecycle/readiness.ts';
import { initialState, type LifecycleState } from '../domain/lifecycle/state.ts';
import { step } from '../domain/lifecycle/step.ts';
import { watchChild } from './children.ts';
import { createRunner, type CommandRunner } from './commands.ts';
import type { LifecycleInput } from './messages.ts';
import { handleMessages } from './operator-messages.ts';
import { searchAttributes } from './search-attributes.ts';

/** What handlers and commands see of the running lifecycle. */
export interface Lifecycle {
  state(): LifecycleState;
  /** Applies the event and starts what follows from it. */
  tell(event: LifecycleEvent): void;
}

/**
 * One per model, for ever: the durable shell around the reducer in domain/lifecycle. Events come from signals, updates,
 * timers, activities and children; commands become activities and children. The single writer of the model's aliases.
 */
export async function lifecycle(input: LifecycleInput): Promise<void> {
  let state =
    input.state === undefined
      ? initialState(input.project.model, completePolicy(input.policy))
      : completeState(input.state);
  const self: Lifecycle = {
    state: () => state,
    tell(event) {
      const next = step(state, event);
      const before = state;
      state = next.state;
      for (const command of next.commands) runner.run(command);
      publish(before, state);
    },
  };
  const runner = createRunner(input.project, self);
  handleMessages(self);
  publish(null, state);
  if (input.state === undefined) for (const command of outstanding(state)) runner.run(command);
  else void watchChild(self);

  await untilContinueAsNew(self, runner);
  await continueAsNew<typeof lifecycle>({ ...input, policy: state.policy, state });
}

/** Time passes at the reducer's own deadlines; commands in flight and open handlers are finished before the next run. */
async function untilContinueAsNew(self: Lifecycle, runner: CommandRunner): Promise<void> {
  const canEnd = (): boolean => workflowInfo().continueAsNewSuggested && runner.isIdle() && allHandlersFinished();
  while (!canEnd()) {
    const deadlineMs = nextDeadlineMs(self.state());
    const changed = (): boolean => canEnd() || nextDeadlineMs(self.state()) !== deadlineMs;
    if (deadlineMs === null) await condition(changed);
    else {
      const waitMs = Math.max(1, deadlineMs - Date.now());
      const summary = `until ${describeStage(self.state().stage)} times out`;
      const inTime = await condition(changed, waitMs, { summary });
      if (!inTime) self.tell({ type: 'timePassed', nowMs: Date.now() });
    }
  }
}

function publish(before: LifecycleState | null, state: LifecycleState): void {
  setCurrentDetails(describeState(state, Date.now()));
  const attributes = searchAttributes(before, state);
  if (attributes.length > 0) upsertSearchAttributes(attributes);
}
