import type { Command, LedgerRecord } from './events.ts';
import type { LifecycleState, Stage } from './state.ts';

/** A state in the making, with the commands that go with it. */
export interface Draft {
  readonly state: LifecycleState;
  readonly commands: readonly Command[];
}

const recentDecisions = 20;
/** The newest of these stands for all, so that operators still see what was decided before. */
const oftenTaken: readonly string[] = ['follow', 'remove versions'];

export function keep(state: LifecycleState): Draft {
  return { state, commands: [] };
}

export function change(draft: Draft, changes: Partial<LifecycleState>): Draft {
  return { ...draft, state: { ...draft.state, ...changes } };
}

export function enter(draft: Draft, stage: Stage): Draft {
  return change(draft, { stage });
}

export function command(draft: Draft, added: Command): Draft {
  return { ...draft, commands: [...draft.commands, added] };
}

/** Notes a decision for operators and sends it to the ledger. `id` must be unique to the decision and its kind. */
export function record(draft: Draft, entry: LedgerRecord): Draft {
  const { id, kind, atMs, summary } = entry;
  const others = oftenTaken.includes(kind) ? draft.state.recent.filter((one) => one.kind !== kind) : draft.state.recent;
  const recent = [...others, { id, kind, atMs, summary }].slice(-recentDecisions);
  return command(change(draft, { recent }), { type: 'record', record: entry });
}

/** The id of the next decision, `<model>-0001` and so on, and the state that has counted it. */
export function nextDecision(draft: Draft): { draft: Draft; decisionId: string } {
  const decisionCount = draft.state.decisionCount + 1;
  const decisionId = `${draft.state.model}-${String(decisionCount).padStart(4, '0')}`;
  return { draft: change(draft, { decisionCount }), decisionId };
}
