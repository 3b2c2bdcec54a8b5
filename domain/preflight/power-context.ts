import { blockRowsOf } from '../gate/blocks.ts';
import { chooseBlockRows } from '../outcomes/dependence.ts';
import type { Policy } from '../project.ts';
import type { Trial } from './trial.ts';

/** What is known when it is asked what will be seen. */
export interface PowerContext {
  readonly trial: Trial;
  readonly policy: Policy;
  /** null where there is no time. */
  readonly perDay: number | null;
  /** All rows of the history. */
  readonly rows: number;
}

/** The monitor, too, learns from so many losses how far they depend on each other. */
const dependenceRows = 2_000;

/** Rows of the blocks that the monitor will form of losses. */
export function findLossBlocks({ losses }: Trial): number {
  return chooseBlockRows(losses.subarray(Math.max(0, losses.length - dependenceRows)));
}

/** Rows of a retraining's holdout. */
export function holdoutRows({ gate, retrain, snapshot }: Policy): number {
  return Math.max(gate.minRows, Math.round(retrain.minFreshLabels * snapshot.holdoutShare));
}

/** Rows of the blocks that a gate will mostly form on holdouts of that size; they are a probation's, too. */
export function findPairBlocks({ trial, policy }: PowerContext): number {
  const { differences } = trial.pair;
  const window = Math.min(holdoutRows(policy), differences.length);
  const found = Array.from({ length: Math.floor(differences.length / window) }, (_, index) =>
    blockRowsOf(differences.subarray(index * window, (index + 1) * window)),
  ).sort((a, b) => a - b);
  return found[Math.floor(found.length / 2)] ?? 1;
}
