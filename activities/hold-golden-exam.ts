import { beginLadder, climb, ladderStep, type LadderAnswer, type LadderState } from '../domain/gate/ladder.ts';
import { primaryLosses, varianceOf } from '../domain/gate/losses.ts';
import { formatCount, formatShare } from '../domain/gate/wording.ts';
import type { DataSchema } from '../domain/table.ts';
import { taskOf, type Task } from '../domain/task.ts';
import type { Check } from '../domain/verdict.ts';
import type { Dependencies } from './dependencies.ts';
import { currentScope } from './scope.ts';
import type { GateRequest } from './types.ts';

export interface GoldenExam {
  readonly check: Check;
  /** Null where the exam could not be held. */
  readonly state: LadderState | null;
}

/** Packages of the models that sit the exam. */
interface Examinees {
  readonly challenger: string;
  readonly champion: string | null;
}

/** Examines the challenger on the project's golden set, and tells what the Ladder lets be told. Null where the project names none. */
export async function holdGoldenExam(
  deps: Dependencies,
  { project: ref, exams }: GateRequest,
  schema: DataSchema,
  { challenger, champion }: Examinees,
): Promise<GoldenExam | null> {
  const project = await deps.loadProject(ref);
  if (project.goldenSet === null) return null;
  const read = await deps.readExtract(project, project.goldenSet, schema).catch(whyUnreadable);
  if (typeof read === 'string') return unreadable(project.goldenSet, read);
  const rows = { from: 0, to: read.labels.length };
  const none = { from: 0, to: 0 };
  const set = await deps.store.writeSnapshot(ref.model, schema, read, { train: none, validation: none, holdout: rows });
  const examine = async (directory: string): Promise<Float64Array> => {
    const outputs = await deps.runtime.score(directory, set, rows, currentScope().signal);
    return boundedLosses(taskOf(schema), read.labels, primaryLosses(taskOf(schema), read.labels, outputs));
  };
  const before = exams.golden?.setId === set.id ? exams.golden : beginLadder(set.id, rows.to);
  const { state, answer } = climb(
    before,
    await examine(challenger),
    champion === null ? null : await examine(champion),
  );
  return { check: describeAnswer(state, answer), state };
}

/** In [0, 1], as the Ladder wants them: squared errors in units of the labels' variance, the largest ones cut. */
function boundedLosses(task: Task, labels: Float64Array, losses: Float64Array): Float64Array {
  if (task !== 'regression') return losses;
  const scale = varianceOf(labels) || 1;
  return losses.map((loss) => Math.min(1, loss / scale));
}

function describeAnswer({ rows, uses, told }: LadderState, answer: LadderAnswer): Check {
  const words = {
    improved: 'the challenger is better than any model before it',
    unchanged: 'the challenger is about as good as the best model before it, or not shown to be better',
    fell: 'the challenger is clearly worse than the champion',
  }[answer];
  const best = `the best loss told so far is ${formatShare(told ?? 0)}, in steps of ${formatShare(ladderStep(rows))}`;
  const reason = `golden set of ${formatCount(rows)} rows, used ${uses} ${uses === 1 ? 'time' : 'times'}: ${words}; ${best}`;
  return { name: 'golden-set', outcome: answer === 'fell' ? 'fail' : 'pass', reason, rowsSeen: rows };
}

function whyUnreadable(error: unknown): string {
  if (error instanceof Error && error.name === 'DataError') return error.message;
  throw error;
}

function unreadable(path: string, why: string): GoldenExam {
  const reason = `the golden set ${path} can't be read: ${why}`;
  return { check: { name: 'golden-set', outcome: 'inconclusive', reason, rowsSeen: 0 }, state: null };
}
