import {
  ApplicationFailure,
  getExternalWorkflowHandle,
  isCancellation,
  rootCause,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { TrainingRequest } from '../activities/types.ts';
import type { TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import { noExams } from '../domain/lifecycle/exams.ts';
import { completePolicy } from '../domain/lifecycle/kept-state.ts';
import type { RetrainResult } from '../domain/lifecycle/results.ts';
import { isAskedFor } from '../domain/lifecycle/signals.ts';
import { findChallenger, type Crew } from './find-challenger.ts';
import { lifecycleId, pingSignal, retrainFinishedSignal, type RetrainInput } from './messages.ts';
import { judging, training } from './proxies.ts';

/** Finds a challenger and lets it face the champion; the lifecycle is told the result. */
export async function retrain(input: RetrainInput): Promise<RetrainResult> {
  setHandler(pingSignal, () => undefined);
  setCurrentDetails('Taking the snapshot');
  const { reasons, exams = noExams, ...asked } = input;
  const request = { ...asked, exams, policy: completePolicy(input.policy) };
  const board = createBoard();
  const result = await findChallenger({ ...request, isAskedFor: isAskedFor(reasons) }, crewOf(board));
  board.close(result);
  const lifecycle = getExternalWorkflowHandle(lifecycleId(input.project.model));
  await lifecycle.signal(retrainFinishedSignal, { decisionId: input.decisionId, result });
  return result;
}

function crewOf(board: Board): Crew {
  return {
    judging,
    train: (request) => trainOne(request, board),
    async blend(request) {
      const one = await training.blendCandidates.executeWithOptions({ summary: 'blend' }, [request]);
      if (one !== null) board.set(one.candidateId, describeTrained(one));
      return one;
    },
    onSnapshot: ({ summary, candidates }) =>
      board.open(
        summary,
        candidates.map(({ id }) => id),
      ),
    onStopped: (stopped) => {
      for (const { id, reason } of stopped) board.set(id, reason);
    },
    allFailed: () => ApplicationFailure.nonRetryable(board.describeFailure(), 'AllCandidatesFailed'),
  };
}

async function trainOne(request: TrainingRequest, board: Board): Promise<TrainedCandidate | null> {
  const { candidate, refit } = request;
  const name = refit === null ? candidate.id : `${candidate.id}, on all rows`;
  try {
    const one = await training.trainCandidate.executeWithOptions({ summary: name }, [request]);
    board.set(name, refit === null ? describeTrained(one) : `trained for ${refit.epochs} epochs`);
    return one;
  } catch (error) {
    if (isCancellation(error)) throw error;
    board.set(name, `failed: ${rootCause(error) ?? 'unknown reason'}`);
    return null;
  }
}

type Board = ReturnType<typeof createBoard>;

/** The run's current details in the Web UI. */
function createBoard() {
  const lines = new Map<string, string>();
  let summary = '';
  const describe = (): string => {
    const rows = [...lines].map(([id, state]) => `| ${id} | ${state} |`);
    return [summary, '', '| candidate | |', '|---|---|', ...rows].join('\n');
  };
  return {
    open(snapshot: string, candidates: readonly string[]): void {
      summary = snapshot;
      for (const id of candidates) lines.set(id, 'training');
      setCurrentDetails(describe());
    },
    set(id: string, state: string): void {
      lines.set(id, state);
      setCurrentDetails(describe());
    },
    close: ({ outcome, reason }: RetrainResult): void =>
      setCurrentDetails(`${describe()}\n\n**${outcome}**: ${reason}`),
    describeFailure: (): string =>
      `no candidate could be trained: ${[...lines].map(([id, state]) => `${id} ${state}`).join('; ')}`,
  };
}

function describeTrained(one: TrainedCandidate): string {
  const seconds = Math.round(one.trainSeconds * 10) / 10;
  return `validation loss ${one.validationLoss.toFixed(4)}, ${one.epochs} epochs, ${one.parameters} parameters, ${seconds} s`;
}
