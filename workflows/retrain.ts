import {
  ApplicationFailure,
  getExternalWorkflowHandle,
  isCancellation,
  rootCause,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { Candidate, TrainedCandidate } from '../adapters/ports/model-runtime.ts';
import type { RetrainResult } from '../domain/lifecycle/results.ts';
import { lifecycleId, pingSignal, retrainFinishedSignal, type RetrainInput } from './messages.ts';
import { judging, training } from './proxies.ts';

/** Snapshot, candidates in parallel, choice on validation, gate on the holdout; the lifecycle is told the result. */
export async function retrain(input: RetrainInput): Promise<RetrainResult> {
  setHandler(pingSignal, () => undefined);
  const result = await findChallenger(input);
  const lifecycle = getExternalWorkflowHandle(lifecycleId(input.project.model));
  await lifecycle.signal(retrainFinishedSignal, { decisionId: input.decisionId, result });
  return result;
}

async function findChallenger(input: RetrainInput): Promise<RetrainResult> {
  const { project, policy, decisionId, mode, reasons, trainingData, freshAfterKey, champion } = input;
  const isAskedFor = reasons.some(({ kind }) => kind === 'manual');
  setCurrentDetails('Taking the snapshot');
  const request = { project, policy, mode, isAskedFor, trainingData, freshAfterKey, champion };
  const taken = await judging.takeSnapshot(request);
  if (taken.outcome === 'blocked') return blocked(taken.reason);

  const board = new Map(taken.candidates.map((candidate) => [candidate.id, 'training']));
  const show = (): void => setCurrentDetails(describeBoard(taken.summary, board));
  show();
  const trained = await Promise.all(
    taken.candidates.map((candidate) => trainOne(input, taken.snapshotId, candidate, board, show)),
  );
  const finished = trained.filter((one) => one !== null);
  if (finished.length === 0) throw ApplicationFailure.nonRetryable(failedSummary(board), 'AllCandidatesFailed');

  const { snapshotId, fingerprint } = taken;
  const result = await judging.faceChampion({
    project,
    policy,
    decisionId,
    snapshotId,
    fingerprint,
    champion,
    trained: finished,
  });
  setCurrentDetails(`${describeBoard(taken.summary, board)}\n\n**${result.outcome}**: ${result.reason}`);
  return result;
}

/** Null where the candidate could not be trained: the others go on without it. */
async function trainOne(
  input: RetrainInput,
  snapshotId: string,
  candidate: Candidate,
  board: Map<string, string>,
  show: () => void,
): Promise<TrainedCandidate | null> {
  const { project, policy, decisionId } = input;
  try {
    const request = { project, policy, decisionId, snapshotId, candidate };
    const one = await training.trainCandidate.executeWithOptions({ summary: candidate.id }, [request]);
    board.set(candidate.id, describeTrained(one));
    return one;
  } catch (error) {
    if (isCancellation(error)) throw error;
    board.set(candidate.id, `failed: ${rootCause(error) ?? 'unknown reason'}`);
    return null;
  } finally {
    show();
  }
}

function describeTrained(one: TrainedCandidate): string {
  const seconds = Math.round(one.trainSeconds * 10) / 10;
  return `validation loss ${one.validationLoss.toFixed(4)}, ${one.epochs} epochs, ${one.parameters} parameters, ${seconds} s`;
}

function describeBoard(summary: string, board: ReadonlyMap<string, string>): string {
  const rows = [...board].map(([id, state]) => `| ${id} | ${state} |`);
  return [summary, '', '| candidate | |', '|---|---|', ...rows].join('\n');
}

function failedSummary(board: ReadonlyMap<string, string>): string {
  return `no candidate could be trained: ${[...board].map(([id, state]) => `${id} ${state}`).join('; ')}`;
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
