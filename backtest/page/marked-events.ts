import type { PolicyReport, ReplayedEvent } from '../play.ts';

export type Mark = 'signal' | 'training' | 'refused' | 'promotion' | 'rollback';

/** What a plot can mark of a decision; null for steps between. A gate's verdict stands for its training. */
export function markOf({ kind }: ReplayedEvent): Mark | null {
  if (kind === 'signals') return 'signal';
  if (kind === 'gate: pass') return 'training';
  if (kind.startsWith('gate: ') || kind === 'retraining failed') return 'refused';
  if (kind === 'promotion') return 'promotion';
  return kind === 'rollback' || kind === 'undo' ? 'rollback' : null;
}

export interface MarkedEvent {
  readonly policy: string;
  readonly block: number;
  readonly mark: Mark;
  readonly title: string;
}

export function markedEvents(reports: readonly PolicyReport[]): readonly MarkedEvent[] {
  return reports.flatMap(({ policy, events }) =>
    events.flatMap((event) => {
      const mark = markOf(event);
      const title = `${policy}, after block ${event.block}, ${event.kind}: ${event.summary}`;
      return mark === null ? [] : [{ policy, block: event.block, mark, title }];
    }),
  );
}
