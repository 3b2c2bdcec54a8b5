import type { LadderState } from '../gate/ladder.ts';
import { initialSpending, spend, type SpendingState } from '../gate/lord.ts';
import type { RetrainResult } from './results.ts';
import type { LifecycleState } from './state.ts';

/** What the exams of a model have used up: the next one must know. */
export interface ExamRecord {
  readonly spending: SpendingState;
  /** Null before the first exam on a golden set. */
  readonly golden: LadderState | null;
}

export const noExams: ExamRecord = { spending: initialSpending, golden: null };

/** Every gate against a champion is a test, and one that passes a discovery, whatever a person makes of it. */
export function countExam({ exams: before, aliases }: LifecycleState, { outcome, golden }: RetrainResult): ExamRecord {
  const isTest = outcome !== 'blocked' && aliases.champion !== null;
  return {
    spending: isTest ? spend(before.spending, outcome === 'pass') : before.spending,
    golden: golden ?? before.golden,
  };
}
